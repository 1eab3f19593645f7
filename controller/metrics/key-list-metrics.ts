/** @module Gauges of single sealing keys, which are few. They say what the public list of keys says. */
import { Gauge, type Registry } from 'prom-client';
import type { KeyList } from '../../shared/resources/key-list.ts';

/** Registers the gauges; returns what sets them. Series of keys that are not in a list go with it. */
export function createKeyListMetrics(registry: Registry): (list: KeyList) => void {
  const registers = [registry];
  const setEntries = createEntryMetrics(registers);
  const setObjects = createObjectMetrics(registers);
  const backedUp = new Gauge({
    name: 'signet_active_key_backed_up',
    help: 'Whether a backup of the key that is sealed to is confirmed.',
    registers,
  });
  return (list) => {
    setEntries(list);
    setObjects(list);
    backedUp.set(list.keys.some((key) => key.state === 'active' && key.backedUpAt !== undefined) ? 1 : 0);
  };
}

function createEntryMetrics(registers: Registry[]): (list: KeyList) => void {
  const notAfter = new Gauge({
    name: 'signet_sealing_key_not_after_seconds',
    help: "End of validity of the key's certificate, in seconds since 1970.",
    labelNames: ['fingerprint'],
    registers,
  });
  const created = new Gauge({
    name: 'signet_sealing_key_created_seconds',
    help: 'When the key Secret was created, in seconds since 1970.',
    labelNames: ['fingerprint'],
    registers,
  });
  return ({ keys }) => {
    notAfter.reset();
    created.reset();
    // From the last to the first: of two Secrets that hold one key, the one in better state is told.
    for (const { fingerprint, ...key } of [...keys].reverse()) {
      notAfter.set({ fingerprint }, Date.parse(key.notAfter) / 1000);
      created.set({ fingerprint }, Date.parse(key.createdAt) / 1000);
    }
  };
}

function createObjectMetrics(registers: Registry[]): (list: KeyList) => void {
  const objects = new Gauge({
    name: 'signet_sealing_key_objects',
    help: 'SealedSecrets that need the key, by its state: active, decrypt-only, retired, unusable or missing.',
    labelNames: ['fingerprint', 'state'],
    registers,
  });
  const unopened = new Gauge({
    name: 'signet_unopened_sealed_secrets',
    help: 'SealedSecrets that do not open, so that their key is not known; absent until all were looked at.',
    registers,
  });
  unopened.remove();
  return (list) => {
    objects.reset();
    const counted = [
      ...list.keys,
      ...list.unusable.map((entry) => ({ ...entry, state: 'unusable' })),
      ...(list.missing ?? []).map((entry) => ({ ...entry, state: 'missing' })),
    ];
    for (const { fingerprint, state, objects: count } of counted) {
      if (fingerprint !== undefined && count !== undefined) objects.set({ fingerprint, state }, count);
    }
    if (list.unopened === undefined) unopened.remove();
    else unopened.set(list.unopened);
  };
}
