import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { awaitSecrets, describeHeld, needsSealed } from '../../../../shared/sync/await-secrets.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import type { LiveObject } from '../../../../shared/sync-plan/live-object.ts';

const origin = { file: 'a.yaml', line: 1, document: 1 };

function desired(object: KubeObject): DesiredObject {
  return { ...toPlacedObject(object, origin), digest: 'd' };
}

function sealed(wave = '0', annotations: Readonly<Record<string, string>> = {}): DesiredObject {
  const metadata = { name: 'db', namespace: 'shop', annotations: { 'signet.dev/wave': wave, ...annotations } };
  return desired({ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata });
}

const pod = desired({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ envFrom: [{ secretRef: { name: 'db' } }] }] },
});

function bench(one = sealed()) {
  const world = { version: '1', reads: 0, status: {} as unknown, nowMs: 0 };
  const options = {
    wanted: new Map([[one.key, one]]),
    failed: new Set<DesiredObject['key']>(),
    hub: { find: () => ({ uid: 'u', resourceVersion: world.version }) as LiveObject },
    client: {
      get: async () => {
        world.reads += 1;
        return { ...one.object, metadata: { ...one.object.metadata, generation: 2 }, status: world.status };
      },
    },
    nowMs: () => {
      world.nowMs += 500;
      return world.nowMs;
    },
    signal: new AbortController().signal,
  };
  return { world, options };
}

function status(observedGeneration: number, ready: string): unknown {
  const stalled = { type: 'Stalled', status: ready === 'True' ? 'False' : 'True', reason: 'R', message: 'm' };
  return { observedGeneration, conditions: [{ type: 'Ready', status: ready }, stalled] };
}

test('a SealedSecret that is unsealed holds nothing up, and is read once', async () => {
  const { world, options } = bench();
  world.status = status(2, 'True');
  expect(await awaitSecrets(options, [pod])).toEqual([]);
  expect(world.reads).toBe(1);
});

test('one that cannot be unsealed, or applied, keeps its workload from being applied', async () => {
  const { world, options } = bench();
  world.status = status(2, 'False');
  const held = await awaitSecrets(options, [pod]);
  expect(held).toMatchObject([{ desired: pod, state: 'failed', seenVersion: '1' }]);
  expect(describeHeld(held, false, '5m').map(({ message }) => message)).toEqual([
    'is not applied with a Secret of before: SealedSecret shop/db is stalled: R: m',
  ]);
  const failed = new Set([sealed().key]);
  expect(await awaitSecrets({ ...options, failed }, [pod])).toMatchObject([
    { state: 'failed', reason: 'SealedSecret shop/db could not be applied' },
  ]);
});

test('one of which nothing is heard holds its workload back after a moment, and is read after news only', async () => {
  const { world, options } = bench();
  world.status = status(1, 'True');
  const held = await awaitSecrets(options, [pod]);
  expect(held).toMatchObject([{ desired: pod, state: 'waiting', seenVersion: '1' }]);
  expect(world.reads).toBe(1);
  expect(describeHeld(held, false, '5m')[0]?.message).toMatch(/^waits: SealedSecret shop\/db /);
  expect(describeHeld(held, true, '5m')[0]?.message).toMatch(
    /^is not applied: SealedSecret shop\/db was not unsealed within 5m: /,
  );
});

test('one of which nothing was ever said is waited for only where somebody is known to unseal', async () => {
  const { world, options } = bench();
  world.status = undefined;
  expect(await awaitSecrets(options, [pod])).toHaveLength(1);
  expect(await awaitSecrets({ ...options, isUnsealed: false }, [pod])).toEqual([]);
  world.status = status(1, 'True');
  expect(await awaitSecrets({ ...options, isUnsealed: false }, [pod])).toHaveLength(1);
});

test('one that another controller looks after is not waited for', async () => {
  const { world, options } = bench(sealed('0', { 'signet.dev/preflight': 'disabled' }));
  world.status = undefined;
  expect(await awaitSecrets(options, [pod])).toEqual([]);
});

test('only SealedSecrets of the revision, and of no later wave, are waited for', () => {
  expect(needsSealed(bench().options.wanted, pod)).toBe(true);
  expect(needsSealed(bench(sealed('1')).options.wanted, pod)).toBe(false);
  expect(needsSealed(new Map(), pod)).toBe(false);
  const other = desired({ ...pod.object, metadata: { name: 'web', namespace: 'other' } });
  expect(needsSealed(bench().options.wanted, other)).toBe(false);
});
