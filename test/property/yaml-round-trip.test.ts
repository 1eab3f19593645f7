import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringifyJson } from '../../shared/encoding/json.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { jsonValue } from '../support/arbitrary-json.ts';

test('parseDocuments gives back what stringifyYaml wrote', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      const text = stringifyYaml(value);
      expect(text).toMatch(/[^\n]\n$/);
      expect(parseDocuments(text).map((document) => document.value)).toEqual(value === null ? [] : [value]);
    }),
    { numRuns: 3000 },
  );
});

test('parseDocuments gives back documents that were written one after the other, with any line ending', () => {
  fc.assert(
    fc.property(fc.array(jsonValue, { maxLength: 4 }), fc.constantFrom('\n', '\r\n', '\r'), (values, lineBreak) => {
      const text = values.map((value) => `---\n${stringifyYaml(value)}`).join('');
      const found = parseDocuments(text.replaceAll('\n', lineBreak));
      expect(found.map(({ value }) => value)).toEqual(values.filter((value) => value !== null));
      expect(found.map(({ index }) => values[index - 1])).toEqual(found.map(({ value }) => value));
    }),
    { numRuns: 500 },
  );
});

test('parseDocuments gives back JSON objects that were written one after the other', () => {
  const maps = fc.array(fc.dictionary(fc.string(), jsonValue), { maxLength: 4 });
  fc.assert(
    fc.property(maps, fc.nat(2), fc.constantFrom('', ' ', '\n', '\n---\n'), (values, indent, between) => {
      const text = values.map((value) => stringifyJson(value, indent)).join(between);
      // JSON has no negative zero of its own once it is printed.
      const expected = values.map((value) => parseDocuments(stringifyJson(value))[0]?.value);
      expect(parseDocuments(text).map(({ value }) => value)).toEqual(expected);
    }),
  );
});
