import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { replaceDocuments, stringifyLike } from '../../shared/encoding/yaml-edit.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { jsonValue } from '../support/arbitrary-json.ts';

const content = fc.dictionary(fc.string({ minLength: 1 }), jsonValue, { minKeys: 1, maxKeys: 3 });
const surroundings = fc.constantFrom('', '\n', '# note\n', '# a: 1\n\n# b\n', '---\n# none\n');

/** A stream of documents with comments, empty documents, and documents to be replaced marked by position. */
const stream = fc
  .record({
    documents: fc.array(fc.record({ before: surroundings, value: content, after: surroundings }), {
      minLength: 1,
      maxLength: 4,
    }),
    lineBreak: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    hasFinalBreak: fc.boolean(),
  })
  .map(({ documents, lineBreak, mark, hasFinalBreak }) => {
    const parts = documents.map(({ before, value, after }) => `--- # x\n${before}${stringifyYaml(value)}${after}`);
    const text = parts.join('');
    return mark + (hasFinalBreak ? text : text.replace(/\n+$/, '')).replaceAll('\n', lineBreak);
  });

test('replaceDocuments changes the chosen documents and no other character', () => {
  fc.assert(
    fc.property(stream, fc.array(content, { minLength: 4, maxLength: 4 }), fc.nat(15), (text, values, chosen) => {
      const documents = parseDocuments(text);
      const replaced = documents.filter((_document, at) => (chosen >> at) % 2 === 1);
      const replacements = replaced.map((document, at) => {
        return { document, replacement: stringifyLike(text, document, values[at]) };
      });
      const edited = replaceDocuments(text, replacements);
      expect(outside(edited)).toEqual(outside(text));
      const expected = documents.map((document) => {
        return replaced.includes(document) ? values[replaced.indexOf(document)] : document.value;
      });
      expect(parseDocuments(edited).map(({ value }) => value)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

/** What stands before, between and behind the documents. */
function outside(text: string): readonly string[] {
  const documents = parseDocuments(text);
  const ends = [0, ...documents.map(({ end }) => end)];
  return ends.map((end, at) => text.slice(end, documents[at]?.start ?? text.length));
}
