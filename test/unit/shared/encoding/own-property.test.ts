import { expect, test } from 'vitest';
import { setOwn } from '../../../../shared/encoding/own-property.ts';

test('setOwn makes __proto__ an ordinary member', () => {
  const object: Record<string, unknown> = {};
  setOwn(object, '__proto__', { polluted: true });
  setOwn(object, 'constructor', 1);
  expect(Object.keys(object)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  expect(object['polluted']).toBeUndefined();
  setOwn(object, '__proto__', 2);
  expect(Object.entries(object)).toEqual([
    ['__proto__', 2],
    ['constructor', 1],
  ]);
});
