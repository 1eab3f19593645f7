import { expect, test } from 'vitest';
import { isLaterVersion } from '../../../../controller/sealed-secrets/resource-version.ts';

test.each([
  ['10', '9', true],
  ['9', '10', false],
  ['10', '10', false],
  ['9007199254740993', '9007199254740992', true],
  ['x', '10', true],
  [undefined, '10', true],
  ['10', undefined, true],
])('isLaterVersion(%s, %s) is %s', (version, than, isLater) => {
  expect(isLaterVersion(version, than)).toBe(isLater);
});
