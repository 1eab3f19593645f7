import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { objectChanges } from '../../shared/sync-plan/object-changes.ts';

const CANARY = 'Q0FOQVJZ';
const values = fc.oneof(
  fc.string().map((text) => `${CANARY}${text}`),
  fc.constant(undefined),
);
const maps = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'toString', 'x/y~z'), values);

function secret(fields: Record<string, unknown>): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' }, ...fields };
}

test('changes of a Secret name the keys and never a value', () => {
  fc.assert(
    fc.property(maps, maps, fc.constantFrom('data', 'stringData'), (before, after, field) => {
      const changes = objectChanges(secret({ [field]: before }), secret({ [field]: after }));
      expect(JSON.stringify(changes)).not.toContain(CANARY);
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (key) => own(before, key) !== own(after, key),
      );
      expect(changes).toHaveLength(changed.length);
    }),
  );
});

test('a Secret whose data is no map shows nothing of it', () => {
  fc.assert(
    fc.property(fc.constantFrom(CANARY, [CANARY], { a: { b: CANARY } }, null), maps, (data, after) => {
      expect(JSON.stringify(objectChanges(secret({ data }), secret({ data: after })))).not.toContain(CANARY);
    }),
  );
});

test('a copy of the whole object in an annotation is never shown', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"a":"${CANARY}"}}` };
  const before = secret({ metadata: { name: 's', annotations } });
  expect(objectChanges(before, secret({ metadata: { name: 's', annotations: { other: '1' } } }))).toEqual([
    { path: '/metadata/annotations/other', after: '"1"' },
  ]);
});

function own(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
