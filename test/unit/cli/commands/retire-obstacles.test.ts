import { expect, test } from 'vitest';
import { obstaclesOf, passedOver, type RetireFacts } from '../../../../cli/commands/retire-obstacles.ts';
import { readObjectKeys } from '../../../../cli/connect/needing-objects.ts';
import type { KubeClient } from '../../../../shared/kube/client.ts';
import type { KeyList, SealingKeyEntry } from '../../../../shared/resources/key-list.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';

const KEY: SealingKeyEntry = {
  fingerprint: 'SHA256:old',
  state: 'decrypt-only',
  secret: 'old-key',
  createdAt: '2026-01-01T00:00:00Z',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
  objects: 0,
  backedUpAt: '2026-02-01T00:00:00Z',
};
const LIST: KeyList = { keys: [KEY], unusable: [], unopened: 0, certificatesPem: '' };

function objectOf(name: string, status: unknown, metadata: object = {}): KubeObject {
  const meta = { namespace: 'shop', name, generation: 2, ...metadata };
  return { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: meta, status };
}

const seen = objectOf('seen', { observedGeneration: 2, unsealed: { keys: ['SHA256:new'] } });
const lagging = objectOf('edited', { observedGeneration: 1, unsealed: { keys: ['SHA256:new'] } });
const bare = objectOf('applied', { observedGeneration: -1 });
const failing = objectOf('failing', {
  observedGeneration: 2,
  conditions: [{ type: 'Ready', status: 'False', reason: 'KeyNotFound' }],
});

async function factsOf(listed: readonly KubeObject[], parts: Partial<RetireFacts> = {}): Promise<RetireFacts> {
  const files = { byKey: new Map(), unknown: 0, errors: [] };
  const client = { list: async () => ({ items: listed }) } as unknown as KubeClient;
  const objects = await readObjectKeys({ client });
  return { key: KEY, list: LIST, objects, files, consent: {}, ...parts };
}

const told = (facts: RetireFacts) => obstaclesOf(facts).map(({ message }) => message.replace(/^.*the key: /, ''));

test('nothing stands against a key that nothing needs', async () => {
  expect(told(await factsOf([seen]))).toEqual([]);
});

test('objects that were applied or edited and not looked at since are named', async () => {
  const facts = await factsOf([seen, lagging, bare, objectOf('odd', 'x'), objectOf('none', undefined)]);
  expect(told(facts)).toEqual([
    'the controller has not looked at 4 SealedSecrets: shop/applied, shop/edited, shop/none, shop/odd',
  ]);
  expect(told({ ...facts, consent: { ignoreUnseen: true } })).toEqual([]);
  expect(passedOver({ ...facts, consent: { ignoreUnseen: true } })[0]).toContain('shop/edited');
  expect(passedOver(facts)).toEqual([]);
});

test('an object that is about to go is not waited for', async () => {
  expect(told(await factsOf([objectOf('gone', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })]))).toEqual([]);
});

test('who may not list objects does not know whether all were looked at', async () => {
  const facts = await factsOf([], { objects: null });
  expect(told(facts)).toEqual(['you may not list SealedSecrets, so some may not have been looked at']);
  expect(told({ ...facts, consent: { ignoreUnseen: true } })).toEqual([]);
});

test('a controller that looks at a part of the cluster does not decide for the rest', async () => {
  const facts = await factsOf([seen], { list: { ...LIST, partial: 'SealedSecrets in namespaces a' } });
  expect(told(facts)).toEqual(['the controller looks at no more than SealedSecrets in namespaces a']);
  expect(told({ ...facts, consent: { ignoreUnseen: true } })).toEqual([]);
});

test('objects that do not open are named, and passed over only when that was said', async () => {
  const facts = await factsOf([seen, failing], { list: { ...LIST, unopened: 2 } });
  expect(told(facts)).toEqual(['2 SealedSecrets of the cluster do not open, and may need it: shop/failing and 1 more']);
  const agreed = { ...facts, consent: { ignoreUnopened: true } };
  expect(told(agreed)).toEqual([]);
  expect(passedOver(agreed)).toEqual(['no key is known of 2 SealedSecrets: shop/failing and 1 more']);
});

test('items of which no receipt speaks are told of, and so is that no files were read', async () => {
  const files = { byKey: new Map(), unknown: 3, errors: [] };
  expect(passedOver(await factsOf([seen], { files }))).toEqual([
    '3 items of the files have no receipt, and may need it',
  ]);
  const unread = await factsOf([seen], { files: null });
  expect(told(unread)).toEqual([]);
  expect(passedOver(unread)).toEqual(['no files were read here: name with -f those whose items may need it']);
});

test('no consent makes up for objects that are known to need the key', async () => {
  const consent = { ignoreUnopened: true, ignoreUnseen: true, withoutBackup: true };
  const needing = objectOf('db', { observedGeneration: 1, attempt: { keys: ['SHA256:old'] } });
  expect(told(await factsOf([needing], { consent }))).toEqual(['1 SealedSecret of the cluster need it: shop/db']);
  expect(told(await factsOf([], { consent, key: { ...KEY, objects: 3 } }))).toEqual([
    '3 SealedSecrets of the cluster need it',
  ]);
  expect(told(await factsOf([], { consent, key: { ...KEY, state: 'active' } }))).toEqual(['it is the active key']);
});

test('what is not counted is not known', async () => {
  const { objects: _, ...uncounted } = KEY;
  expect(told(await factsOf([], { key: uncounted }))).toEqual(['it is not known which SealedSecrets need it']);
  const { unopened: __, ...list } = LIST;
  expect(told(await factsOf([], { list }))).toEqual(['it is not known whether all SealedSecrets open']);
});
