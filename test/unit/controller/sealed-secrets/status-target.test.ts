import { expect, test } from 'vitest';
import type { Logger } from '../../../../controller/logging/logger.ts';
import { ClusterStatus, UnwrittenStatus } from '../../../../controller/sealed-secrets/status-target.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { quietLogger } from '../../../support/quiet-logger.ts';

const SEALED: SealedSecret = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { namespace: 'shop', name: 'db', uid: 'one', resourceVersion: '7', labels: { team: 'shop' } },
  spec: { encryptedData: { password: 'AgB' } },
  status: { observedGeneration: 1, lastSynced: 'True' },
};
const SYNCED = {
  type: 'Synced',
  status: 'True',
  reason: 'Unsealed',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
} as const;

/** A cluster that refuses what `refusals` names. */
function bench(refusals: Readonly<Record<string, KubeError>>) {
  const calls: string[] = [];
  const lines: string[] = [];
  const observed: KubeObject[] = [];
  let sent: KubeObject | undefined;
  const ask = (verb: string): void => {
    calls.push(verb);
    if (refusals[verb] !== undefined) throw refusals[verb];
  };
  const logger: Logger = { ...quietLogger, info: (_fields, message) => lines.push(message) };
  const target = new ClusterStatus({
    client: {
      mergePatch: async () => {
        ask('patch');
        return SEALED;
      },
      replace: async (_type, object, options) => {
        ask(`put ${options?.subresource}`);
        sent = object;
        return object;
      },
    },
    store: { observeAnswer: (object) => observed.push(object) },
    logger,
  });
  return { target, calls, lines, observed, sent: () => sent };
}

const forbidden = new KubeError('KUBE_FORBIDDEN', 'no');

test('status is patched where that is allowed', async () => {
  const { target, calls, observed } = bench({});
  await target.write(SEALED, { observedGeneration: 2 });
  expect(calls).toEqual(['patch']);
  expect(observed).toHaveLength(1);
  expect(target.asSaid(SEALED)).toBe(SEALED);
});

test('without that right status is replaced against the version that it was made from; patching is tried once', async () => {
  const { target, calls, lines, sent } = bench({ patch: forbidden });
  await target.write(SEALED, { observedGeneration: 2, lastSynced: null });
  await target.write(SEALED, { observedGeneration: 2, lastSynced: null });
  expect(calls).toEqual(['patch', 'put status', 'put status']);
  expect(lines).toHaveLength(1);
  expect(sent()).toEqual({ ...SEALED, status: { observedGeneration: 2 } });
});

test('without either right the failure is told, and the better way is tried again', async () => {
  const { target, calls, lines } = bench({ patch: forbidden, 'put status': forbidden });
  await expect(target.write(SEALED, {})).rejects.toBe(forbidden);
  await expect(target.write(SEALED, {})).rejects.toBe(forbidden);
  expect(calls).toEqual(['patch', 'put status', 'patch', 'put status']);
  expect(lines).toEqual([]);
});

test("a conflict is the caller's", async () => {
  const conflict = new KubeError('KUBE_CONFLICT', 'stale');
  const { target, calls } = bench({ patch: conflict });
  await expect(target.write(SEALED, {})).rejects.toBe(conflict);
  expect(calls).toEqual(['patch']);
});

test('a status that is not written is remembered for its object, told to metrics, and forgotten', async () => {
  const seen: (string | undefined)[] = [];
  const target = new UnwrittenStatus({ observed: (_sealed, synced) => seen.push(synced) });
  await target.write(SEALED, { conditions: [SYNCED] });
  await target.write(SEALED, { observedGeneration: 3 });
  expect(seen).toEqual(['True', 'True']);
  expect(target.asSaid(SEALED).status).toEqual({ observedGeneration: 3, lastSynced: 'True', conditions: [SYNCED] });
  const remade = { ...SEALED, metadata: { ...SEALED.metadata, uid: 'two' } };
  expect(target.asSaid(remade)).toBe(remade);
  target.forget(SEALED);
  expect(target.asSaid(SEALED)).toBe(SEALED);
});
