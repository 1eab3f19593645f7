import { expect, test } from 'vitest';
import { isNewerVersion } from '../../../../shared/resources/resource-version.ts';

test.each([
  ['10', '9', true],
  ['9', '10', false],
  ['10', '10', false],
  ['9007199254740993', '9007199254740992', true],
  ['x', '10', true],
  [undefined, '10', true],
  ['10', undefined, true],
])('isNewerVersion(%s, %s) is %s', (candidate, reference, isNewer) => {
  expect(isNewerVersion(candidate, reference)).toBe(isNewer);
});
