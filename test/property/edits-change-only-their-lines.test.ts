import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EncodingError } from '../../shared/encoding/errors.ts';
import { stringifyJson } from '../../shared/encoding/json.ts';
import type { TextEdit } from '../../shared/encoding/text-edit.ts';
import { type ParsedDocument, parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { editDocuments } from '../../shared/encoding/yaml-map-edit.ts';
import { quotedText, scalarText, stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { jsonValue, trickyText } from '../support/arbitrary-json.ts';

const keyName = fc.oneof(fc.constantFrom('a', 'b', 'aa', 'tls.crt', '__proto__', 'true', '1'), trickyText);
const valueText = fc.oneof(fc.base64String(), trickyText);
const entries = fc.uniqueArray(fc.tuple(keyName, valueText), { maxLength: 5, selector: ([key]) => key });

/** How an entry of a block map may be written: comments and blank lines around it, quotes, a block, a tag. */
const dress = fc.record({
  before: fc.constantFrom('', '', '# note\n', '\n', '# a: b\n\n'),
  write: fc.constantFrom('plain', 'double', 'single', 'block', 'below', 'tagged'),
  beside: fc.constantFrom('', '', ' # beside', '   '),
});

interface Dress {
  readonly before: string;
  readonly write: string;
  readonly beside: string;
}

function written(text: string, { write, beside }: Dress): string {
  const single = /[^\x20-\x7e]/.test(text) ? quotedText(text) : `'${text.replaceAll("'", "''")}'`;
  if (write === 'single') return ` ${single}${beside}`;
  if (write === 'block' && /^[\w=/+]+$/.test(text)) return ` |-${beside}\n      ${text}`;
  if (write === 'below') return `${beside}\n      ${scalarText(text)}`;
  if (write === 'tagged') return ` !!str ${scalarText(text)}${beside}`;
  return ` ${write === 'double' ? quotedText(text) : scalarText(text)}${beside}`;
}

interface Sample {
  readonly text: string;
  readonly map: readonly (readonly [string, string])[];
}

const block: fc.Arbitrary<Sample> = fc
  .tuple(entries, fc.array(dress, { minLength: 5, maxLength: 5 }), fc.constantFrom(' {}', '', ' null'))
  .map(([map, dresses, nothing]) => {
    const lines = map.map(([key, value], at) => {
      const { before, ...rest } = dresses[at] ?? { before: '', write: 'plain', beside: '' };
      const shown = before.replaceAll('#', '    #');
      return `${shown}    ${scalarText(key)}:${written(value, { before, ...rest })}\n`;
    });
    const data = lines.length === 0 ? `  data:${nothing}\n` : `  data: # all\n${lines.join('')}`;
    return { text: `# top\nspec:\n  first: 1\n${data}  # behind\n  last: [x, {y: z}]\n`, map };
  });

const flow: fc.Arbitrary<Sample> = fc
  .tuple(entries, fc.constantFrom(0, 1, 2, 4), fc.boolean())
  .map(([map, indent, isYaml]) => {
    const json = stringifyJson({ spec: { first: 1, data: Object.fromEntries(map), last: [null, { y: 'z' }] } }, indent);
    // The space makes it YAML, which is read by another parser.
    return { text: isYaml && indent > 0 ? json.replace(/"first": ?1/, 'first: 1') : json, map };
  });

const edit: fc.Arbitrary<TextEdit> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key: keyName, value: valueText }),
  fc.record({ kind: fc.constant('remove' as const), key: keyName }),
  fc.record({ kind: fc.constant('rename' as const), key: keyName, to: keyName }),
);

/** What the edits come to; null when one of them cannot be made. */
function expected(map: Sample['map'], edits: readonly TextEdit[]): Map<string, string> | null {
  const result = new Map(map);
  for (const one of edits) {
    if (one.kind === 'set') {
      result.set(one.key, one.value);
      continue;
    }
    const value = result.get(one.key);
    if (value === undefined || (one.kind === 'rename' && result.has(one.to))) return null;
    result.delete(one.key);
    if (one.kind === 'rename') result.set(one.to, value);
  }
  return result;
}

function isReadable(text: string): boolean {
  try {
    return parseDocuments(text).length === 1;
  } catch {
    return false;
  }
}

function first(text: string): ParsedDocument {
  const [document] = parseDocuments(text);
  if (document === undefined) throw new Error('the text holds no document');
  return document;
}

function editMap(text: string, at: readonly string[], edits: readonly TextEdit[]): string {
  return editDocuments(text, [{ document: first(text), path: at, edits }]);
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key as never] : undefined;
}

function sorted(entriesOf: Iterable<readonly [string, unknown]>): readonly (readonly [string, unknown])[] {
  return [...entriesOf].sort(([a], [b]) => (a < b ? -1 : 1));
}

test('an edit makes what was asked for and nothing else, or says that it cannot', () => {
  let made = 0;
  fc.assert(
    fc.property(
      fc.oneof(block, flow),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.record({
        lineBreak: fc.constantFrom('\n', '\r\n'),
        mark: fc.constantFrom('', '\ufeff'),
        hasEnd: fc.boolean(),
      }),
      (sample, edits, { lineBreak, mark, hasEnd }) => {
        const text = mark + (hasEnd ? sample.text : sample.text.trimEnd()).replaceAll('\n', lineBreak);
        // Texts with characters that belong in no manifest are not what this is about.
        fc.pre(isReadable(text));
        const wanted = expected(sample.map, edits);
        const attempt = (): string => editMap(text, ['spec', 'data'], edits);
        if (wanted === null) {
          expect(attempt).toThrow(expect.objectContaining({ code: 'YAML_EDIT_REFUSED' }));
          return;
        }
        const edited = attempt();
        made += 1;
        const { spec } = first(edited).value as { spec: Record<string, unknown> };
        expect(sorted(Object.entries(spec['data'] ?? {}))).toEqual(sorted(wanted));
        expect(edited.startsWith('\ufeff')).toBe(mark !== '');
        expect(/(?<!\r)\n/.test(edited)).toBe(lineBreak === '\n' && /\n/.test(edited));
      },
    ),
    { numRuns: 2000 },
  );
  expect(made).toBeGreaterThan(200);
});

test('an edit of a block map leaves every line of the other entries and all comments between them', () => {
  fc.assert(
    fc.property(block, keyName, fc.nat(4), (sample, key, at) => {
      fc.pre(isReadable(sample.text));
      const [chosen] = sample.map[at] ?? [key];
      const edits: readonly TextEdit[] = [{ kind: 'set', key: chosen, value: 'AQchanged' }];
      const edited = editMap(sample.text, ['spec', 'data'], edits);
      const before = sample.text.split('\n');
      const after = edited.split('\n');
      let start = 0;
      while (start < after.length && before[start] === after[start]) start += 1;
      let end = 0;
      while (end < after.length - start && end < before.length - start && before.at(-1 - end) === after.at(-1 - end))
        end += 1;
      // A new value takes one line; one that stood below its key takes the line below it.
      expect(after.length - start - end).toBeLessThanOrEqual(sample.map.length === 0 ? 2 : 1);
      expect(before.length - start - end).toBeLessThanOrEqual(2);
    }),
    { numRuns: 1000 },
  );
});

test('an edit of any YAML ends in the intended value or in a refusal', () => {
  fc.assert(
    fc.property(jsonValue, fc.array(keyName, { maxLength: 3 }), edit, (value, at, one) => {
      const text = stringifyYaml({ x: value });
      const attempt = (): string | null => {
        try {
          return editMap(text, ['x', ...at], [one]);
        } catch (error) {
          if (error instanceof EncodingError && error.code === 'YAML_EDIT_REFUSED') return null;
          throw error;
        }
      };
      const edited = attempt();
      if (edited === null) return;
      const found = [...at.map(String), one.key].reduce<unknown>(fieldOf, fieldOf(first(edited).value, 'x'));
      expect(found).toEqual(one.kind === 'set' ? one.value : undefined);
    }),
    { numRuns: 1000 },
  );
});

const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus/sealed-secrets');

interface Held {
  readonly name: string;
  readonly text: string;
  readonly document: ParsedDocument;
  readonly path: readonly string[];
  readonly keys: readonly string[];
}

function isSealed(value: unknown): value is { spec: { encryptedData: Record<string, string> } } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'SealedSecret';
}

function sealedSecretsOf(file: string): readonly Held[] {
  const text = readFileSync(path.join(corpus, file), 'utf8');
  return parseDocuments(text).flatMap((document) => {
    const { items } = document.value as { items?: unknown };
    const listed = Array.isArray(items) ? items.map((item, at) => ({ item, at: ['items', String(at)] })) : [];
    return [{ item: document.value, at: [] as string[] }, ...listed].flatMap(({ item, at }) => {
      if (!isSealed(item)) return [];
      const keys = Object.keys(item.spec.encryptedData ?? {});
      return [{ name: file, text, document, path: [...at, 'spec', 'encryptedData'], keys }];
    });
  });
}

test('in real files an edit touches the lines of its item only', (context) => {
  context.skip(!existsSync(corpus), 'the corpus of real files is not there');
  const held = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .flatMap(sealedSecretsOf);
  expect(held.length).toBeGreaterThan(100);
  for (const { text, document, path: at, keys } of held) {
    for (const key of keys) {
      const lines = text.split('\n');
      const edits: readonly TextEdit[] = [
        { kind: 'set', key, value: 'AQnew' },
        { kind: 'remove', key },
        { kind: 'rename', key, to: 'signet-renamed' },
      ];
      for (const one of edits) {
        const after = new Set(editDocuments(text, [{ document, path: at, edits: [one] }]).split('\n'));
        const gone = lines.filter((line) => !after.has(line) && line.trim() !== '');
        // The comma before a last entry and the braces of a last one of all move with it.
        expect(gone.filter((line) => !line.includes(key)).length).toBeLessThanOrEqual(one.kind === 'remove' ? 2 : 1);
      }
    }
  }
});
