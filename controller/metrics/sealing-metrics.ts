/** @module Counts of unsealing, and the state of the sealing keys. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { KeyList } from '../../shared/resources/key-list.ts';
import { createKeyListMetrics } from './key-list-metrics.ts';

/** What was done to a Secret. */
export type SecretWrite = 'created' | 'replaced' | 'patched';

/** What the unsealer reports. */
export interface UnsealMetrics {
  /** One object was decrypted, or tried to; `reason` is that of its condition, `Unsealed` when it opened. */
  decrypted(reason: string): void;
  /** One object could not be turned into its Secret, for whatever reason. */
  failed(reason: string): void;
  secretWritten(write: SecretWrite): void;
}

/** What the keyring reports. */
export interface KeyMetrics {
  /** Number of loaded keys and of key Secrets that cannot be used, and the end of the active certificate, if any. */
  keys(loaded: number, unusable: number, activeUntil: Date | null): void;
  issued(): void;
  /** What is said of each key in public; series of keys that are not among them go. */
  listed(list: KeyList): void;
}

/** What the event recorder reports. */
export interface EventMetrics {
  event(result: 'written' | 'repeated' | 'dropped'): void;
}

/** Unseal metrics in `registry`. */
export function createUnsealMetrics(registry: Registry): UnsealMetrics {
  const registers = [registry];
  const decryptions = new Counter({
    name: 'signet_unseal_decryptions_total',
    help: 'SealedSecrets that were decrypted, or tried to, by what came of it.',
    labelNames: ['reason'],
    registers,
  });
  const failures = new Counter({
    name: 'signet_unseal_failures_total',
    help: 'Reconciles of SealedSecrets that did not end in their Secret, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const writes = new Counter({
    name: 'signet_unseal_secret_writes_total',
    help: 'Writes of unsealed Secrets.',
    labelNames: ['write'],
    registers,
  });
  decryptions.inc({ reason: 'Unsealed' }, 0);
  for (const write of ['created', 'replaced', 'patched'] satisfies SecretWrite[]) writes.inc({ write }, 0);
  return {
    decrypted: (reason) => decryptions.inc({ reason }),
    failed: (reason) => failures.inc({ reason }),
    secretWritten: (write) => writes.inc({ write }),
  };
}

/** Key metrics in `registry`. */
export function createKeyMetrics(registry: Registry): KeyMetrics {
  const registers = [registry];
  const loaded = new Gauge({ name: 'signet_sealing_keys', help: 'Sealing keys that are loaded.', registers });
  const unusable = new Gauge({
    name: 'signet_sealing_keys_unusable',
    help: 'Key Secrets that cannot be used as they are.',
    registers,
  });
  const until = new Gauge({
    name: 'signet_active_certificate_not_after_seconds',
    help: 'End of validity of the certificate that is sealed to, in seconds since 1970; 0 when there is none.',
    registers,
  });
  const issued = new Counter({ name: 'signet_sealing_keys_issued_total', help: 'Sealing keys made.', registers });
  return {
    keys(loadedCount, unusableCount, activeUntil) {
      loaded.set(loadedCount);
      unusable.set(unusableCount);
      until.set(activeUntil === null ? 0 : Math.floor(activeUntil.getTime() / 1000));
    },
    issued: () => issued.inc(),
    listed: createKeyListMetrics(registry),
  };
}

/** Event metrics in `registry`. */
export function createEventMetrics(registry: Registry): EventMetrics {
  const events = new Counter({
    name: 'signet_events_total',
    help: 'Kubernetes events by what became of them.',
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of ['written', 'repeated', 'dropped']) events.inc({ result }, 0);
  return { event: (result) => events.inc({ result }) };
}
