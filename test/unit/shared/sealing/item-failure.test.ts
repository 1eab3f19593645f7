import { expect, test } from 'vitest';
import { causeOf, describeFailures, itemFailure, NO_KEY_PHRASE } from '../../../../shared/sealing/item-failure.ts';

const notFound = { code: 'SEALED_KEY_NOT_FOUND', problem: NO_KEY_PHRASE, reason: 'tried one key' } as const;

test('itemFailure tells item, problem and reason in one sentence', () => {
  expect(itemFailure({ item: 'a', ...notFound }).message).toBe(
    'cannot unseal item "a": no key could decrypt secret: tried one key',
  );
  expect(itemFailure({ item: '', code: 'UNSEAL_V1_REFUSED', problem: 'too old' }).message).toBe(
    'cannot unseal: too old',
  );
});

test('describeFailures gives one line per cause with every item', () => {
  const failures = [
    itemFailure({ item: 'a', ...notFound }),
    itemFailure({ item: 'b', code: 'SEALED_VALUE_NOT_BASE64', problem: 'sealed value is not base64' }),
    itemFailure({ item: 'c', ...notFound }),
    itemFailure({ item: 'd', ...notFound, reason: '' }),
  ];
  expect(describeFailures(failures).split('\n')).toEqual([
    'no key could decrypt secret (a, c): tried one key',
    'sealed value is not base64 (b)',
    'no key could decrypt secret (d)',
  ]);
});

test('describeFailures names as many items as fit, and says how many others there are', () => {
  const failures = ['a', 'b', 'c', 'd'].map((item) => itemFailure({ item, ...notFound }));
  const named = (maxNamesLength: number) => describeFailures(failures, maxNamesLength);
  expect(named(10)).toBe('no key could decrypt secret (a, b, c, d): tried one key');
  expect(named(5)).toBe('no key could decrypt secret (a, b and 2 more): tried one key');
  expect(named(0)).toBe('no key could decrypt secret (4 items): tried one key');
});

test('describeFailures names no item for a failure of the whole object', () => {
  const failure = itemFailure({ item: '', code: 'UNSEAL_V1_REFUSED', problem: 'too old' });
  expect(describeFailures([failure])).toBe('too old');
});

test('describeFailures quotes names that could forge a line', () => {
  const failure = itemFailure({ item: 'a)\nall is well (b', code: 'SEALED_VALUE_CORRUPT', problem: 'broken' });
  expect(describeFailures([failure])).toBe('broken ("a)\\nall is well (b")');
});

test('causeOf sorts codes by what mends them', () => {
  const codes = ['SEALED_NO_KEYS', 'SEALED_KEY_SIZE_MISMATCH', 'SEALED_KEY_NOT_FOUND'] as const;
  expect(codes.map(causeOf)).toEqual(['key', 'key', 'key']);
  expect((['SEALED_SCOPE_MISMATCH', 'SEALED_NAME_MISMATCH'] as const).map(causeOf)).toEqual(['label', 'label']);
  expect((['SEALED_VALUE_CORRUPT', 'UNSEAL_V1_REFUSED'] as const).map(causeOf)).toEqual(['malformed', 'malformed']);
});
