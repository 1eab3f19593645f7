import { expect, test } from 'vitest';
import {
  describeFailure,
  objectFailure,
  problemFailure,
  sortFailures,
} from '../../../../shared/sync-plan/sync-failure.ts';

const identity = { kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const origin = { file: 'b.yaml', line: 3, document: 1 };

test('describeFailure says place and object once', () => {
  expect(describeFailure(objectFailure(identity, origin, 'is refused'))).toBe('b.yaml:3: ConfigMap shop/a: is refused');
  const named = objectFailure(identity, origin, 'cannot apply ConfigMap shop/a: refused');
  expect(describeFailure(named)).toBe('b.yaml:3: cannot apply ConfigMap shop/a: refused');
  expect(describeFailure(objectFailure({ ...identity, namespace: '' }, undefined, 'x'))).toBe('ConfigMap a: x');
});

test('problemFailure keeps file, line, hint and object of a problem', () => {
  const problem = { file: 'a.yaml', line: 7, code: 'RENDER_DUPLICATE', message: 'twice', hint: 'remove one' } as const;
  expect(problemFailure(problem)).toEqual({ kind: 'File', file: 'a.yaml', line: 7, message: 'twice; remove one' });
  expect(problemFailure({ ...problem, object: { group: '', ...identity } })).toMatchObject({ ...identity, line: 7 });
});

test('failures are sorted by file, line and object, those without a file last', () => {
  const at = (file: string, line: number) => objectFailure(identity, { file, line, document: 1 }, `${file} ${line}`);
  const none = objectFailure(identity, undefined, 'none');
  const sorted = sortFailures([none, at('b', 2), at('a', 10), at('b', 1), at('a', 9)]);
  expect(sorted.map(({ message }) => message)).toEqual(['a 9', 'a 10', 'b 1', 'b 2', 'none']);
});

test('a message as long as an object is cut', () => {
  expect(objectFailure(identity, origin, 'x'.repeat(50_000)).message.length).toBeLessThan(1_100);
});
