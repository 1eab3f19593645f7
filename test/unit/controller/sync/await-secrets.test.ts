import { expect, test } from 'vitest';
import { awaitSecrets, needsSealed } from '../../../../controller/sync/await-secrets.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import type { LiveObject } from '../../../../shared/sync-plan/live-object.ts';

const origin = { file: 'a.yaml', line: 1, document: 1 };

function desired(object: KubeObject): DesiredObject {
  return { ...toPlacedObject(object, origin), digest: 'd' };
}

function sealed(wave = '0'): DesiredObject {
  const metadata = { name: 'db', namespace: 'shop', annotations: { 'signet.dev/wave': wave } };
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
  expect(await awaitSecrets(options, [pod])).toEqual(new Map());
  expect(world.reads).toBe(1);
});

test('one that cannot be unsealed, or applied, keeps its workload from being applied', async () => {
  const { world, options } = bench();
  world.status = status(2, 'False');
  expect([...(await awaitSecrets(options, [pod])).values()]).toEqual([
    'is not applied with a Secret of before: SealedSecret shop/db is stalled: R: m',
  ]);
  const failed = new Set([sealed().key]);
  expect([...(await awaitSecrets({ ...options, failed }, [pod])).values()]).toEqual([
    'is not applied with a Secret of before: SealedSecret shop/db could not be applied',
  ]);
});

test('one of which nothing is heard holds its workload up for a while, and is read after news only', async () => {
  const { world, options } = bench();
  world.status = status(1, 'True');
  expect(await awaitSecrets(options, [pod])).toEqual(new Map());
  expect(world.reads).toBe(1);
  expect(world.nowMs).toBeGreaterThan(10_000);
});

test('only SealedSecrets of the revision, and of no later wave, are waited for', () => {
  expect(needsSealed(bench().options.wanted, pod)).toBe(true);
  expect(needsSealed(bench(sealed('1')).options.wanted, pod)).toBe(false);
  expect(needsSealed(new Map(), pod)).toBe(false);
  const other = desired({ ...pod.object, metadata: { name: 'web', namespace: 'other' } });
  expect(needsSealed(bench().options.wanted, other)).toBe(false);
});
