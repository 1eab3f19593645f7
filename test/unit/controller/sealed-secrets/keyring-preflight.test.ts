import { expect, test } from 'vitest';
import type { KeySource } from '../../../../controller/keys/key-part.ts';
import { type KeySnapshot, NO_KEYS } from '../../../../controller/keys/key-snapshot.ts';
import { KeyringPreflight } from '../../../../controller/sealed-secrets/keyring-preflight.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { Keyring, type SealingKey } from '../../../../shared/sealing/keyring.ts';
import { MAX_FAILING } from '../../../../shared/sync/sealed-preflight.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import { firstCertificate, firstKey, sealedOf, secondCertificate, secondKey } from '../../../support/test-secrets.ts';

const { signal } = new AbortController();

function desired(object: SealedSecret, digest: string): DesiredObject {
  return { ...toPlacedObject(object, { file: 'deploy/db.yaml', line: 3, document: 1 }), digest };
}

/** A preflight whose keys count how often they are asked. */
function bench(
  keys: readonly SealingKey[],
  config: Partial<ConstructorParameters<typeof KeyringPreflight>[0]['config']> = {},
) {
  const world = { tries: 0, snapshot: NO_KEYS, listener: (): void => undefined };
  const counted = (key: SealingKey): SealingKey => ({
    ...key,
    unwrap: (label, wrapped) => {
      world.tries += 1;
      return key.unwrap(label, wrapped);
    },
  });
  const load = (some: readonly SealingKey[]): void => {
    world.snapshot = { ...NO_KEYS, keyring: new Keyring(some.map(counted)) } as KeySnapshot;
    world.listener();
  };
  load(keys);
  const source: KeySource = {
    current: () => world.snapshot,
    ready: Promise.resolve(),
    onChange: (listener) => {
      world.listener = () => listener(world.snapshot);
    },
  };
  const preflight = new KeyringPreflight({
    keys: source,
    config: { acceptV1: true, labelSelector: '', namespaces: null, ...config },
    placesNear: () => [],
  });
  return { world, preflight, load };
}

test('what opens is tried once for each set of keys, and what does not neither', async () => {
  const { world, preflight, load } = bench([firstKey]);
  const good = desired(await sealedOf({ a: 'x', b: 'y' }), 'good');
  const bad = desired(await sealedOf({ a: 'x' }, secondCertificate), 'bad');
  const first = await preflight.check([good, bad], signal);
  expect(first?.failures).toMatchObject([{ kind: 'SealedSecret', name: 'db', file: 'deploy/db.yaml', line: 3 }]);
  expect(first?.failures[0]?.message).toContain('[SEALED_KEY_ELSEWHERE]');
  expect(first?.failures[0]?.message).toContain('(a)');
  const { tries } = world;
  expect(tries).toBeGreaterThan(2);
  expect(await preflight.check([good, bad], signal)).toEqual(first);
  expect(world.tries).toBe(tries);
  const before = preflight.version();
  load([firstKey, secondKey]);
  expect(preflight.version()).not.toBe(before);
  expect(await preflight.check([good, bad], signal)).toEqual({ failures: [], untried: 0 });
});

test('the same object in another file, or of another repository, is told where it stands there', async () => {
  const { preflight } = bench([firstKey]);
  const bad = desired(await sealedOf({ a: 'x' }, secondCertificate), 'bad');
  const moved = { ...bad, origin: { file: 'team/moved.yaml', line: 7, document: 1 } };
  await preflight.check([bad], signal);
  const answer = await preflight.check([moved], signal);
  expect(answer?.failures).toMatchObject([{ file: 'team/moved.yaml', line: 7 }]);
  expect(JSON.stringify(answer)).not.toContain('deploy/db.yaml');
});

test('a strange object costs a bounded number of tries, and so does a commit full of them', async () => {
  const { world, preflight } = bench([firstKey]);
  const { metadata, spec } = await sealedOf({ a: 'x' }, secondCertificate);
  const items = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, at) => [`item-${at}`, spec.encryptedData['a'] ?? '']),
  );
  const many = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec: { encryptedData: items } };
  const one = await preflight.check([desired(many as SealedSecret, 'many')], signal);
  expect(one?.failures[0]?.message.length).toBeLessThan(1_100);
  expect(world.tries).toBeLessThanOrEqual(1 + 32);
  world.tries = 0;
  const few = { ...many, spec: { encryptedData: Object.fromEntries(Object.entries(items).slice(0, 100)) } };
  const commit = Array.from({ length: 1_000 }, (_, at) => desired(few as SealedSecret, `few-${at}`));
  const answer = await preflight.check(commit, signal);
  const failing = answer?.failures.length ?? 0;
  expect(failing).toBeGreaterThanOrEqual(MAX_FAILING);
  expect(failing + (answer?.untried ?? 0)).toBe(1_000);
  expect(world.tries).toBeLessThanOrEqual(failing * 33);
});

test('a value sealed for another namespace is told as such once the namespace is settled', async () => {
  const { preflight } = bench([firstKey]);
  const sealed = await sealedOf({ a: 'x' }, firstCertificate);
  const moved = { ...sealed, metadata: { ...sealed.metadata, namespace: 'elsewhere' } };
  const answer = await preflight.check([desired(moved, 'moved')], signal);
  expect(answer?.failures[0]?.message).toContain(
    'sealed for "shop/db", the object is "elsewhere/db" [SEALED_NAME_MISMATCH]',
  );
});

test.each([{ namespaces: ['other'] }, { labelSelector: 'app=shop' }])(
  'what the unsealer may not look after is not tried: %j',
  async (config) => {
    const { world, preflight } = bench([firstKey], config);
    const bad = desired(await sealedOf({ a: 'x' }, secondCertificate), 'bad');
    expect(await preflight.check([bad], signal)).toEqual({ failures: [], untried: 0 });
    expect(world.tries).toBe(0);
  },
);
