import { expect, test } from 'vitest';
import { createDigests } from '../../../../controller/sealed-secrets/digests.ts';
import { contentOf, shapeOf } from '../../../../controller/sealed-secrets/secret-content.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { CLUSTER_WIDE_ANNOTATION, TEMPLATE_MISSING_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { liveSealed, liveSecret, OWNER } from '../../../support/live-objects.ts';
import { bothRing, firstRing } from '../../../support/test-secrets.ts';

const digests = createDigests(SecretBytes.fromText('a key'));

test('digests depend on the key and are hex', () => {
  const other = createDigests(SecretBytes.fromText('another key'));
  expect(digests.sealed(liveSealed())).toMatch(/^[0-9a-f]{64}$/);
  expect(other.sealed(liveSealed())).not.toBe(digests.sealed(liveSealed()));
});

test('the digest of a SealedSecret covers identity, scope and spec, and nothing that changes by itself', () => {
  const base = digests.sealed(liveSealed());
  const changes: SealedSecret[] = [
    liveSealed({ metadata: { uid: 'another' } }),
    liveSealed({ metadata: { name: 'other' } }),
    liveSealed({ metadata: { namespace: 'other' } }),
    liveSealed({ metadata: { annotations: { [CLUSTER_WIDE_ANNOTATION]: 'true' } } }),
    liveSealed({ template: { type: 'x' } }),
    liveSealed({ metadata: { annotations: { [TEMPLATE_MISSING_ANNOTATION]: 'allow' } } }),
  ];
  for (const changed of changes) expect(digests.sealed(changed)).not.toBe(base);
  const same = liveSealed({
    metadata: { resourceVersion: '99', generation: 7, labels: { a: 'b' } },
    status: { observedGeneration: 3 },
  });
  expect(digests.sealed(same)).toBe(base);
});

test('the seed of templates has 32 bytes, depends on the key and on what was sealed, and is nothing that is published', () => {
  const other = createDigests(SecretBytes.fromText('another key'));
  const seed = Buffer.from(digests.seed('a'));
  expect(seed).toHaveLength(32);
  expect(Buffer.from(digests.seed('a'))).toEqual(seed);
  expect(Buffer.from(digests.seed('b'))).not.toEqual(seed);
  expect(Buffer.from(other.seed('a'))).not.toEqual(seed);
  expect(digests.renderedBy('', 'a', '')).not.toBe(seed.toString('hex'));
});

test('a claim is bound to both objects and to its mode', () => {
  const claims = [
    digests.owner('a', 'b', 'owned'),
    digests.owner('b', 'a', 'owned'),
    digests.owner('ab', '', 'owned'),
    digests.owner('a', 'c', 'owned'),
    digests.owner('a', 'b', 'shared'),
    digests.owner('a', 'b', 'patched'),
  ];
  expect(new Set(claims).size).toBe(6);
});

test('the digest of the keys depends on which they are', () => {
  const all = [
    digests.keys(firstRing, []),
    digests.keys(bothRing, []),
    digests.keys(firstRing, ['SHA256:a']),
    digests.keys(firstRing, ['SHA256:a', 'SHA256:b']),
  ];
  expect(new Set(all).size).toBe(4);
  expect(digests.keys(firstRing, ['SHA256:b', 'SHA256:a'])).toBe(all[3]);
});

const content = (
  secret: Parameters<typeof contentOf>[0],
  mode: 'owned' | 'patched' = 'owned',
  sealedDigest = 'a SealedSecret',
) => {
  const template = { metadata: { labels: { app: 'a' }, annotations: { note: 'n' } }, data: { url: 'u', left: null } };
  return digests.content(sealedDigest, contentOf(secret, shapeOf(liveSealed({ template }), mode)));
};
const metadata = { labels: { app: 'a' }, annotations: { note: 'n' }, ownerReferences: [OWNER] };
const base = liveSecret({ password: 'p', url: 'u' }, metadata);

test.each([
  ['a value', liveSecret({ password: 'q', url: 'u' }, metadata)],
  ['a foreign key', liveSecret({ password: 'p', url: 'u', mine: 'm' }, metadata)],
  ['a missing key', liveSecret({ password: 'p' }, metadata)],
  ['a label of the template', liveSecret({ password: 'p', url: 'u' }, { ...metadata, labels: {} })],
  [
    'an annotation of the template',
    liveSecret({ password: 'p', url: 'u' }, { ...metadata, annotations: { note: 'm' } }),
  ],
  ['the owner', liveSecret({ password: 'p', url: 'u' }, { ...metadata, ownerReferences: [] })],
  ['immutability', liveSecret({ password: 'p', url: 'u' }, metadata, { immutable: true })],
])('the digest of a Secret notices %s', (_what, changed) => {
  expect(content(changed)).not.toBe(content(base));
});

test('the digest of a Secret does not show that another SealedSecret, or an earlier state of it, had the same values', () => {
  expect(content(base, 'owned', 'another')).not.toBe(content(base, 'owned'));
});

test('the digest of a Secret leaves out what others may add', () => {
  const others = {
    ...metadata,
    labels: { app: 'a', team: 'blue' },
    annotations: { note: 'n', seen: 'yes' },
    resourceVersion: '99',
  };
  expect(content(liveSecret({ password: 'p', url: 'u' }, others))).toBe(content(base));
});

test('in a Secret of somebody else only our keys count', () => {
  expect(content(liveSecret({ password: 'p', url: 'u', mine: 'm' }, metadata), 'patched')).toBe(
    content(base, 'patched'),
  );
  expect(content(liveSecret({ password: 'q', url: 'u' }, metadata), 'patched')).not.toBe(content(base, 'patched'));
});
