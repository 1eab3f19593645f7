import { expect, test } from 'vitest';
import { maskPaths } from '../../../../shared/sync-plan/mask-paths.ts';
import { ANY_ITEM } from '../../../../shared/sync-plan/rendered-object.ts';
import { showPair } from '../../../../shared/sync-plan/shown-object.ts';

const hide = (text: string): string => `<${text.length}>`;

test('what lies at a path is hidden, in every item of a list, and told apart from what stays', () => {
  const own = {
    env: [
      { name: 'a', value: 'secret' },
      { name: 'b', value: 'same' },
    ],
    other: 'shown',
  };
  const other = {
    env: [
      { name: 'a', value: 'old' },
      { name: 'b', value: 'same' },
    ],
  };
  expect(maskPaths(own, other, [['env', ANY_ITEM, 'value']], hide)).toEqual({
    env: [
      { name: 'a', value: '<6>' },
      { name: 'b', value: '(unchanged)' },
    ],
    other: 'shown',
  });
  expect(maskPaths({ a: { b: 1 } }, undefined, [['a']], hide)).toEqual({ a: '<7>' });
  expect(maskPaths('text', undefined, [['a', 'b']], hide)).toBe('text');
  expect(own.env[0]?.value).toBe('secret');
});

test('both sides of a pair are hidden at confidential places, whatever kind the object is of', () => {
  const object = (value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { key: value, open: value },
  });
  const shown = showPair(
    { before: object('hunter2'), after: object('hunter3'), confidential: [['data', 'key']] },
    (side, text) => `${side}:${text.length}`,
  );
  expect(shown.before).toMatchObject({ data: { key: 'live:7', open: 'hunter2' } });
  expect(shown.after).toMatchObject({ data: { key: 'git:7', open: 'hunter3' } });
});
