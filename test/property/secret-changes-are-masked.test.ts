import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { createValueDigest } from '../../shared/sync/value-digest.ts';
import { objectChanges } from '../../shared/sync-plan/object-changes.ts';
import { objectDiff } from '../../shared/sync-plan/object-diff.ts';
import { type ShownPair, showPair } from '../../shared/sync-plan/shown-object.ts';

const CANARY = 'Q0FOQVJZ';
const digest = createValueDigest(SecretBytes.fromText('a key of this test'));
const values = fc.oneof(
  fc.string().map((text) => `${CANARY}${text}`),
  fc.constant(undefined),
);
const maps = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'toString', 'x/y~z'), values);

function secret(fields: Record<string, unknown>): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' }, ...fields };
}

function show(before: KubeObject | null, after: KubeObject | null): ShownPair {
  return showPair({ before, after }, digest);
}

/** Everything that any output is made from. */
function allOf(pair: ShownPair): string {
  return JSON.stringify([pair, objectChanges(pair), objectDiff(pair)]);
}

test('changes of a Secret name the keys and never a value', () => {
  fc.assert(
    fc.property(maps, maps, fc.constantFrom('data', 'stringData'), (before, after, field) => {
      const shown = show(secret({ [field]: before }), secret({ [field]: after }));
      expect(allOf(shown)).not.toContain(CANARY);
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (key) => own(before, key) !== own(after, key),
      );
      expect(objectChanges(shown)).toHaveLength(changed.length);
      expect(objectDiff(shown).length === 0).toBe(changed.length === 0);
    }),
  );
});

test('a Secret that comes or goes shows no value either', () => {
  fc.assert(
    fc.property(maps, (data) => {
      const annotations = { copy: CANARY, 'signet.dev/git-sync': 'a/b' };
      const object = secret({ data, metadata: { name: 's', annotations } });
      expect(allOf(show(null, object))).not.toContain(CANARY);
      expect(allOf(show(object, null))).not.toContain(CANARY);
    }),
  );
});

test('a Secret whose data is no map shows nothing of it', () => {
  fc.assert(
    fc.property(fc.constantFrom(CANARY, [CANARY], { a: { b: CANARY } }, null), maps, (data, after) => {
      expect(allOf(show(secret({ data }), secret({ data: after })))).not.toContain(CANARY);
    }),
  );
});

test('a copy of the whole object in an annotation is never shown, of whatever kind the object is', () => {
  for (const name of [
    'kubectl.kubernetes.io/last-applied-configuration',
    'banzaicloud.com/last-applied',
    'kapp.k14s.io/original',
    'objectset.rio.cattle.io/applied',
  ]) {
    const annotations = { [name]: `{"data":{"a":"${CANARY}"}}` };
    for (const kind of ['Secret', 'ConfigMap']) {
      const before = { ...secret({ metadata: { name: 's', annotations } }), kind };
      const shown = show(before, { ...secret({ metadata: { name: 's', annotations: { other: '1' } } }), kind });
      expect(allOf(shown)).not.toContain(CANARY);
      expect(objectChanges(shown).map(({ path }) => path)).toEqual(['/metadata/annotations/other']);
    }
  }
});

test('annotations of a Secret are digests, because any of them may hold a copy of a value; labels are shown', () => {
  const before = secret({ metadata: { name: 's', labels: { app: 'x' }, annotations: { a: '1', b: '1' } } });
  const after = secret({ metadata: { name: 's', labels: { app: 'y' }, annotations: { a: '2', b: '1' } } });
  expect(objectChanges(show(before, after))).toEqual([
    {
      path: '/metadata/annotations/a',
      before: expect.stringMatching(/^"hmac:live:[0-9a-f]{12}"$/),
      after: expect.stringMatching(/^"hmac:git:[0-9a-f]{12}"$/),
    },
    { path: '/metadata/labels/app', before: '"x"', after: '"y"' },
  ]);
});

test('equal values of one side have one digest, and nothing of Git can be compared with what lives in the cluster', () => {
  fc.assert(
    fc.property(fc.base64String({ minLength: 1 }), (value) => {
      const { before, after } = show(
        secret({ data: { a: value, b: value } }),
        secret({ data: { c: value, d: value } }),
      );
      const left = before?.['data'] as Record<string, string>;
      const right = after?.['data'] as Record<string, string>;
      expect(left['a']).toBe(left['b']);
      expect(right['c']).toBe(right['d']);
      expect(hexOf(left['a'])).not.toBe(hexOf(right['c']));
    }),
  );
});

test('a value that stays has no digest, so that a guess beside it proves nothing', () => {
  const { before, after } = show(secret({ data: { a: 'eA==' } }), secret({ data: { a: 'eA==', guess: 'eA==' } }));
  expect([before?.['data'], after?.['data']]).toEqual([
    { a: '(unchanged)' },
    { a: '(unchanged)', guess: expect.stringMatching(/^hmac:git:/) },
  ]);
});

test('two keys of digests have nothing in common', () => {
  const other = createValueDigest(SecretBytes.fromText('another key'));
  expect(digest('git', 'x')).not.toBe(other('git', 'x'));
});

function hexOf(digested: string | undefined): string | undefined {
  return digested?.split(':').at(-1);
}

function own(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
