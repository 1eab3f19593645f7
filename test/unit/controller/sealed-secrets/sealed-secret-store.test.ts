import { expect, test } from 'vitest';
import { SealedSecretStore } from '../../../../controller/sealed-secrets/sealed-secret-store.ts';
import type { Verdict } from '../../../../controller/sealed-secrets/verdict.ts';
import type { SealedSecret, UnsealedRecord } from '../../../../shared/resources/sealed-secret.ts';
import { liveSealed } from '../../../support/live-objects.ts';

const request = { namespace: 'shop', name: 'db' };
const UNSEALED: Verdict = { state: 'unsealed', reason: 'Unsealed', message: '', record: null, attempt: null };

test('a version that is known is no news', () => {
  const store = new SealedSecretStore();
  expect(store.observe(liveSealed())).toBe(true);
  expect(store.observe(liveSealed())).toBe(false);
  expect(store.observe(liveSealed({ metadata: { resourceVersion: '11' } }))).toBe(true);
});

test('the answer to a write does not hide an edit that the watch told of', () => {
  const store = new SealedSecretStore();
  store.observe(liveSealed({ metadata: { resourceVersion: '12', generation: 2 } }));
  store.observeAnswer(liveSealed({ metadata: { resourceVersion: '11' } }));
  expect(store.find(request)?.metadata.generation).toBe(2);
  store.observeAnswer(liveSealed({ metadata: { resourceVersion: '13', generation: 3 } }));
  expect(store.find(request)?.metadata.generation).toBe(3);
});

test('an answer about an object that has gone, or was made again, is ignored', () => {
  const store = new SealedSecretStore();
  store.observeAnswer(liveSealed());
  expect(store.find(request)).toBeNull();
  store.observe(liveSealed({ metadata: { uid: 'new' } }));
  store.observeAnswer(liveSealed({ metadata: { resourceVersion: '99' } }));
  expect(store.find(request)?.metadata.uid).toBe('new');
});

test('what is known of an object is forgotten when it is deleted, or made again', () => {
  const store = new SealedSecretStore();
  store.observe(liveSealed());
  store.remember(request, 'sealed-uid', UNSEALED);
  store.rememberVerified(request, '7');
  expect(store.verdictOf(request)).toBe(UNSEALED);
  store.observe(liveSealed({ metadata: { uid: 'new' } }));
  expect([store.verdictOf(request), store.verifiedVersionOf(request)]).toEqual([undefined, undefined]);
  store.remember(request, 'sealed-uid', UNSEALED);
  expect(store.verdictOf(request)).toBeUndefined();
  store.forget(liveSealed());
  expect(store.has(request)).toBe(false);
});

test('failing objects are known by the last verdict, or by their status after a restart', () => {
  const store = new SealedSecretStore();
  const ready = { type: 'Ready', status: 'True', reason: 'Unsealed', message: '', lastTransitionTime: '' } as const;
  store.observe(liveSealed({ status: { conditions: [ready] } }));
  store.observe(liveSealed({ metadata: { name: 'other' } }));
  expect(store.failing()).toEqual([{ namespace: 'shop', name: 'other' }]);
  store.remember(request, 'sealed-uid', { ...UNSEALED, state: 'stalled', reason: 'KeyNotFound' });
  expect(store.failing()).toHaveLength(2);
  store.remember(request, 'sealed-uid', UNSEALED);
  store.remember({ namespace: 'shop', name: 'other' }, 'sealed-uid', UNSEALED);
  expect(store.failing()).toEqual([]);
});

test('managedFields are not kept', () => {
  const store = new SealedSecretStore();
  store.observe(liveSealed({ metadata: { managedFields: [{ manager: 'm' }] } }));
  expect(store.find(request)?.metadata['managedFields']).toBeUndefined();
});

test('only places that hold one of the same sealed values are near, and the own one, with the keys that open what stands there', () => {
  const store = new SealedSecretStore();
  const at = (namespace: string, name: string, encryptedData: Record<string, string>): SealedSecret => ({
    ...liveSealed({ metadata: { namespace, name, uid: `${namespace}/${name}` } }),
    spec: { encryptedData },
  });
  const own = at('shop', 'db', { password: 'AgCopied', user: 'AgOwn' });
  store.observe(own);
  for (const guessed of [at('dev', 'db', { password: 'AgOther' }), at('shop', 'cache', {}), at('secret', 'x', {})]) {
    store.observe(guessed);
  }
  expect(store.placesNear(own)).toEqual([{ ...request, keys: [] }]);
  store.observe(at('prod', 'mysql', { key: 'AgCopied' }));
  store.observe(at('shop', 'db-old', { password: 'AgCopied' }));
  store.observe(at('prod', 'db', { password: 'AgCopied' }));
  store.observe({ ...at('prod', 'whole', {}), spec: { encryptedData: {}, data: 'AgCopied' } });
  expect(store.placesNear(own).map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
    'shop/db',
    'prod/db',
    'shop/db-old',
    'prod/mysql',
    'prod/whole',
  ]);
  const record = { keys: ['SHA256:a'] } as unknown as UnsealedRecord;
  store.remember({ namespace: 'prod', name: 'db' }, 'prod/db', { ...UNSEALED, record });
  store.remember(request, 'shop/db', { ...UNSEALED, record });
  expect(store.placesNear(own).slice(0, 3)).toEqual([
    { namespace: 'shop', name: 'db', keys: ['SHA256:a'] },
    { namespace: 'prod', name: 'db', keys: ['SHA256:a'] },
    { namespace: 'shop', name: 'db-old', keys: [] },
  ]);
  for (let at20 = 0; at20 < 20; at20 += 1) store.observe(at(`ns-${at20}`, 'db', { password: 'AgCopied' }));
  expect(store.placesNear(own)).toHaveLength(17);
});
