import { expect, test } from 'vitest';
import { compareText } from '../../../../shared/encoding/compare-text.ts';

test('compareText orders by code units', () => {
  expect(['b', 'a/b', 'a', 'B', 'ä', 'a-b'].sort(compareText)).toEqual(['B', 'a', 'a-b', 'a/b', 'b', 'ä']);
});
