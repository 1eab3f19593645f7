/**
 * @module The metrics of sealed-secrets, under its names and with its labels, so that alerts and dashboards made for it go
 * on working. What Signet tells beyond them has names of its own.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { type KubeObject, placeKey } from '../../shared/resources/object-meta.ts';

/** Why something failed, in the words of sealed-secrets. */
export type PeerErrorReason = 'fetch' | 'status' | 'unseal' | 'update' | 'unmanaged';

/** What the unsealer reports for the metrics of sealed-secrets. */
export interface PeerMetrics {
  /** One SealedSecret was looked at, or its deletion was taken note of. */
  requested(): void;
  failed(reason: PeerErrorReason, namespace: string): void;
  /** `sealed` exists and says `synced`; absent or another text: it says nothing. */
  observed(sealed: KubeObject, synced: string | undefined): void;
  /** `sealed` is gone, or is none of ours any more. */
  forgotten(sealed: KubeObject): void;
}

/** How much the metrics say. */
export interface PeerMetricsOptions {
  readonly version: string;
  /** Leaves out what names single SealedSecrets. */
  readonly omitSecretLabels: boolean;
}

const PREFIX = 'sealed_secrets_controller_';
const REASONS: readonly PeerErrorReason[] = ['fetch', 'status', 'unmanaged', 'unseal', 'update'];
const TRUTHS: ReadonlyMap<string | undefined, number> = new Map([
  ['False', -1],
  ['Unknown', 0],
  ['True', 1],
]);
const INSTANCE_LABEL = 'app.kubernetes.io/instance';

/** The metrics of sealed-secrets in `registry`. */
export function createPeerMetrics(registry: Registry, options: PeerMetricsOptions): PeerMetrics {
  const registers = [registry];
  const info = new Gauge({
    name: `${PREFIX}build_info`,
    help: 'Always 1; the label tells the version.',
    labelNames: ['revision'],
    registers,
  });
  info.set({ revision: options.version }, 1);
  const requests = new Counter({
    name: `${PREFIX}unseal_requests_total`,
    help: 'Looks at SealedSecrets, deletions included.',
    registers,
  });
  const errors = new NamespaceErrors(registry);
  const conditions = options.omitSecretLabels ? null : new Conditions(registry);
  return {
    requested: () => requests.inc(),
    failed: (reason, namespace) => errors.count(reason, namespace),
    observed(sealed, synced) {
      errors.add(sealed);
      conditions?.set(sealed, TRUTHS.get(synced));
    },
    forgotten(sealed) {
      errors.remove(sealed);
      conditions?.remove(placeKey(sealed.metadata));
    },
  };
}

/**
 * Errors by reason and namespace. The series of a namespace stand at 0 from its first SealedSecret on, or a rate would
 * miss the first error, and go with its last one, so that namespaces that come and go leave nothing behind.
 */
class NamespaceErrors {
  readonly #counter: Counter<'reason' | 'namespace'>;
  readonly #objects = new Map<string, Set<string>>();

  constructor(registry: Registry) {
    this.#counter = new Counter({
      name: `${PREFIX}unseal_errors_total`,
      help: 'Failures on the way from SealedSecrets to Secrets, by reason.',
      labelNames: ['reason', 'namespace'],
      registers: [registry],
    });
    this.#begin('');
  }

  count(reason: PeerErrorReason, namespace: string): void {
    // An object may have gone while it was worked on; its namespace must not come back for that.
    const known = this.#objects.has(namespace) ? namespace : '';
    this.#counter.inc({ reason, namespace: known });
  }

  add({ metadata: { namespace = '', name = '' } }: KubeObject): void {
    const names = this.#objects.get(namespace) ?? this.#begin(namespace);
    names.add(name);
  }

  remove({ metadata: { namespace = '', name = '' } }: KubeObject): void {
    const names = this.#objects.get(namespace);
    names?.delete(name);
    if (names?.size !== 0 || namespace === '') return;
    this.#objects.delete(namespace);
    for (const reason of REASONS) this.#counter.remove({ reason, namespace });
  }

  #begin(namespace: string): Set<string> {
    const names = new Set<string>();
    this.#objects.set(namespace, names);
    for (const reason of REASONS) this.#counter.inc({ reason, namespace }, 0);
    return names;
  }
}

interface ConditionLabels {
  readonly namespace: string;
  readonly name: string;
  readonly condition: string;
  readonly ss_app_kubernetes_io_instance: string;
}

/**
 * The condition `Synced` of each SealedSecret. The other conditions are left out: alerts take everything but 1 for a
 * fault, and a healthy object is not stalled.
 */
class Conditions {
  readonly #gauge: Gauge<keyof ConditionLabels>;
  readonly #shown = new Map<string, ConditionLabels>();

  constructor(registry: Registry) {
    this.#gauge = new Gauge({
      name: `${PREFIX}condition_info`,
      help: 'Condition of a SealedSecret: 1 for True, -1 for False, 0 for Unknown.',
      labelNames: ['namespace', 'name', 'condition', 'ss_app_kubernetes_io_instance'],
      registers: [registry],
    });
  }

  set(sealed: KubeObject, value: number | undefined): void {
    const { namespace = '', name = '', labels } = sealed.metadata;
    const instance = labels?.[INSTANCE_LABEL] ?? '';
    const shown = this.#shown.get(placeKey(sealed.metadata));
    if (value === undefined || shown?.ss_app_kubernetes_io_instance !== instance)
      this.remove(placeKey(sealed.metadata));
    if (value === undefined) return;
    const wanted = { namespace, name, condition: 'Synced', ss_app_kubernetes_io_instance: instance };
    this.#shown.set(placeKey(sealed.metadata), wanted);
    this.#gauge.set(wanted, value);
  }

  remove(key: string): void {
    const shown = this.#shown.get(key);
    if (shown === undefined) return;
    this.#shown.delete(key);
    this.#gauge.remove({ ...shown });
  }
}
