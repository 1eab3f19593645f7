import { expect, test } from 'vitest';
import { formatManifests } from '../../../../cli/output/manifests.ts';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';

const OBJECTS = [{ a: 'yes', big: 9007199254740993n }, { b: ['0777', null] }];

test('both forms of several objects read back as those objects', () => {
  for (const format of ['yaml', 'json'] as const) {
    const text = formatManifests(OBJECTS, format);
    expect(parseDocuments(text).map(({ value }) => value)).toEqual(OBJECTS);
  }
});

test('one object has no separator, and no objects are no text', () => {
  expect(formatManifests([{ a: 'b' }], 'yaml')).toBe('a: b\n');
  expect(formatManifests([], 'yaml')).toBe('');
});
