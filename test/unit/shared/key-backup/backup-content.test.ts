import { expect, test } from 'vitest';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import { stringifyYaml } from '../../../../shared/encoding/yaml-output.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { formatBackup, parseBackup } from '../../../../shared/key-backup/backup-content.ts';
import { collectBackup, inspectKeys, wholeKeys } from '../../../../shared/key-backup/collect-backup.ts';
import { DIGEST_KEY_SECRET, KEY_FINGERPRINT_ANNOTATION, KEY_LABEL } from '../../../../shared/resources/names.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

const NAMESPACE = 'signet-system';
const AT = new Date('2026-05-01T00:00:00Z');

/** As a server gives it back. */
function live(object: KubeObject, more: Record<string, unknown> = {}): KubeObject {
  const served = {
    uid: 'f4b0c6d2-0000-4000-8000-000000000000',
    resourceVersion: '41',
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields: [{ manager: 'kubectl', operation: 'Update' }],
  };
  return { ...object, metadata: { ...object.metadata, ...served, ...more } };
}

const digestKey: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'Opaque',
  metadata: { name: DIGEST_KEY_SECRET, namespace: NAMESPACE },
  data: { key: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
};
const first = keySecret(NAMESPACE, 'sealed-secrets-key-first', FIRST_KEY);
const second = keySecret(NAMESPACE, 'sealed-secrets-key-second', SECOND_KEY);

test('a backup holds every key and the digest key, without what only a server may say', async () => {
  const annotations = {
    team: 'platform',
    'kubectl.kubernetes.io/last-applied-configuration': '{"data":"again"}',
    'signet.dev/backed-up-at': '2026-02-01T00:00:00Z',
    'signet.dev/backed-up-fingerprint': 'SHA256:x',
  };
  const collected = await collectBackup({
    namespace: NAMESPACE,
    keys: [live(first, { annotations, ownerReferences: [{ kind: 'Pod' }], finalizers: ['x/y'] }), live(second)],
    digestKey: live(digestKey),
  });
  expect(collected.leftOut).toEqual([]);
  const [firstCopy, secondCopy] = collected.content.keys;
  const fingerprint = collected.facts[0]?.fingerprint;
  expect(firstCopy).toEqual({
    ...first,
    metadata: { ...first.metadata, annotations: { team: 'platform', [KEY_FINGERPRINT_ANNOTATION]: fingerprint } },
  });
  expect(secondCopy?.['data']).toEqual(second.data);
  expect(collected.content.digestKey).toEqual(digestKey);
});

test('the plaintext is a stream of Secrets as kubectl reads them, and reads back as the same content', async () => {
  const { content } = await collectBackup({ namespace: NAMESPACE, keys: [live(first), live(second)], digestKey });
  const plain = formatBackup(content, { at: AT });
  const documents = parseDocuments(new TextDecoder().decode(plain.expose())).map(({ value }) => value);
  expect(documents).toEqual([...content.keys, content.digestKey]);
  expect(parseBackup(plain)).toEqual(content);
});

test('a Secret without a usable key is left out and named', async () => {
  const broken = { ...first, metadata: { ...first.metadata, name: 'broken' }, data: { 'tls.key': 'aGk=' } };
  const empty = { ...first, metadata: { ...first.metadata, name: 'empty' }, data: {} };
  const odd = { ...second, type: 'example.com/odd' };
  const { content, leftOut } = await collectBackup({
    namespace: NAMESPACE,
    keys: [live(broken), live(empty), live(odd), live(first)],
    digestKey: null,
  });
  expect(content.keys.map(({ metadata }) => metadata.name)).toEqual([first.metadata.name]);
  expect(leftOut.map(({ secret }) => secret)).toEqual(['broken', 'empty', second.metadata.name]);
  expect(leftOut[1]?.problem).toBe('data "tls.key" is missing or is not base64 text');
});

test('a key and a digest key that came out of SealedSecrets are no part of a backup', async () => {
  const managedFields = [{ manager: 'signet-unseal', operation: 'Update' }];
  const { content, leftOut } = await collectBackup({
    namespace: NAMESPACE,
    keys: [live(first), live(second, { managedFields })],
    digestKey: live(digestKey, { managedFields }),
  });
  expect(content.keys).toHaveLength(1);
  expect(content.digestKey).toBeNull();
  expect(leftOut[0]?.problem).toContain('it came out of a SealedSecret');
});

test('the facts of a key are its own, not those of a certificate beside it', async () => {
  const mixed = { ...first, data: { ...first.data, 'tls.crt': second.data?.['tls.crt'] } };
  const retired = { ...second, metadata: { ...second.metadata, labels: { [KEY_LABEL]: 'retired' } } };
  const { keys } = await inspectKeys([mixed, retired]);
  expect(keys.map(({ facts }) => [facts.certificate === null, facts.isRetired])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(new Set(keys.map(({ facts }) => facts.fingerprint)).size).toBe(2);
  expect(wholeKeys({ keys, broken: [] }).map(({ facts }) => facts.isRetired)).toEqual([true]);
});

test('a label that nobody knows is neither retired nor in use', async () => {
  const labelled = (label: string) => ({ ...first, metadata: { ...first.metadata, labels: { [KEY_LABEL]: label } } });
  const { keys } = await inspectKeys([labelled('compromised'), labelled('retired'), labelled('active')]);
  expect(keys.map(({ facts }) => [facts.isRetired, facts.unknownLabel])).toEqual([
    [false, 'compromised'],
    [true, null],
    [false, null],
  ]);
});

test('a key that is not the one that the backup names is told apart', async () => {
  const { content } = await collectBackup({ namespace: NAMESPACE, keys: [first], digestKey: null });
  const swapped = { ...content.keys[0]!, data: second.data };
  const { keys, broken } = await inspectKeys([swapped]);
  expect(keys).toEqual([]);
  expect(broken[0]?.problem).toContain('another key than its annotation');
});

const withMeta = (metadata: Record<string, unknown>) => ({ ...first, metadata: { ...first.metadata, ...metadata } });

test.each<[string, unknown[], string]>([
  ['no Secret', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: first.metadata }], 'document 1: it is no Secret'],
  ['a List', [{ apiVersion: 'v1', kind: 'List', items: [first] }], 'document 1: it is no Secret'],
  ['a text', ['hello'], 'document 1: it is no Secret'],
  ['a foreign group', [{ ...first, apiVersion: 'example.com/v1' }], 'it is no Secret'],
  [
    'another Secret',
    [first, withMeta({ name: 'app', labels: {} })],
    'document 2: it is neither a sealing key nor the digest key',
  ],
  ['a digest key with the label of a sealing key', [withMeta({ name: DIGEST_KEY_SECRET })], 'neither'],
  ['stringData', [{ ...first, stringData: {} }], 'it has a field of no Secret'],
  [
    'a type with powers of its own',
    [{ ...first, type: 'kubernetes.io/service-account-token' }],
    'its type is not that',
  ],
  ['a name with a path in it', [withMeta({ name: '../x' })], 'its name is none'],
  ['a namespace that is none', [withMeta({ namespace: 'a/b' })], 'its namespace is none'],
  ['no namespace', [withMeta({ namespace: undefined })], 'its namespace is none'],
  [
    'two namespaces',
    [first, { ...second, metadata: { ...second.metadata, namespace: 'other' } }],
    'more than one namespace',
  ],
  ['one name twice', [first, first], 'two of its Secrets have one name'],
  ['labels that are no texts', [withMeta({ labels: { [KEY_LABEL]: 1 } })], 'labels: one of them is no text'],
  ['annotations that are no map', [withMeta({ annotations: [] })], 'annotations: they are no map'],
  ['data that is not base64', [{ ...first, data: { 'tls.key': '!' } }], 'data "tls.key" is not base64'],
  ['a data key that no Secret has', [{ ...first, data: { 'a/b': '' } }], 'data has a key that no Secret can have'],
  ['no key at all', [digestKey], 'it holds no sealing key'],
  ['nothing', [], 'it holds no sealing key'],
])('a backup with %s is refused', (_what, documents, problem) => {
  const text = documents.map((document) => `---\n${stringifyYaml(document)}`).join('');
  expect(() => parseBackup(SecretBytes.fromText(text))).toThrow(
    expect.objectContaining({ code: 'BACKUP_CONTENT_REFUSED', message: expect.stringContaining(problem) }),
  );
});

test('a key called __proto__ is a key like any other', () => {
  const labels = `{"__proto__":"x","${KEY_LABEL}":"active"}`;
  const text = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"k","namespace":"n","labels":${labels}},"data":{"__proto__":""}}`;
  const [key] = parseBackup(SecretBytes.fromText(text)).keys;
  expect(Object.keys(key!.metadata.labels!)).toEqual(['__proto__', KEY_LABEL]);
  expect(Object.keys(key!['data'] as object)).toEqual(['__proto__']);
});

test('more documents than a cluster has keys are refused, and bytes that are no text', () => {
  const many = `---\n${stringifyYaml(first)}`.repeat(1001);
  expect(() => parseBackup(SecretBytes.fromText(many))).toThrow('more than 1000 documents');
  expect(() => parseBackup(new SecretBytes(Uint8Array.of(0xff, 0xfe, 0xff)))).toThrow('it is not UTF-8 text');
});
