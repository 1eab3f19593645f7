// biome-ignore-all lint/suspicious/noTemplateCurlyInString: "${name}" is what this file is about
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMap } from '../../shared/encoding/value-kind.ts';
import { substitute } from '../../shared/sync-plan/substitute.ts';
import { expandText, isWholeReference, type Variables } from '../../shared/sync-plan/variable-text.ts';

const variablesOf = (values: Readonly<Record<string, string>>): Variables =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value, isSecret: false }]));

const text = fc
  .array(fc.oneof(fc.string(), fc.constantFrom('${a}', '${b:=x}', '$${', '$', '}', '\n', ': ')))
  .map((parts) => parts.join(''));
const plain = fc.string({ unit: 'binary' }).filter((value) => !value.includes('${'));

test('the text around references stays, and values are put in as they are', () => {
  fc.assert(
    fc.property(plain, plain, text, (before, after, value) => {
      // A "$" right before a reference would escape it.
      const front = before.replaceAll('$', '');
      expect(expandText(`${front}\${a}${after}`, variablesOf({ a: value }))).toEqual({
        text: `${front}${value}${after}`,
        isSecret: false,
      });
    }),
  );
});

test('what is expanded is text, or a fault that quotes no value', () => {
  fc.assert(
    fc.property(text, (written) => {
      const expanded = expandText(written, variablesOf({ a: 'hunter2', b: 'hunter2' }));
      if ('message' in expanded) expect(`${expanded.message} ${expanded.written}`).not.toContain('hunter2');
      else expect(typeof expanded.text).toBe('string');
    }),
  );
});

/** The kinds and keys of a value, without its scalars. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)])) : '';
}

test('no value adds or removes a field, an item or a level, whatever it holds', () => {
  const template = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('${a}', 'x${a}y', '${b:-z}', 'plain', 7, true),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .dictionary(fc.string(), tie('value'), { maxKeys: 4 })
        .filter((map) => Object.keys(map).every((key) => !key.includes('${'))),
    ),
  })).value;
  fc.assert(
    fc.property(
      template,
      fc.oneof(text, fc.json(), fc.constant('a: b\n- c')),
      fc.constantFrom('marked', 'lost'),
      (value, filling, styles) => {
        const { value: replaced, findings } = substitute(value, variablesOf({ a: filling }), styles);
        expect(findings).toEqual([]);
        expect(shapeOf(replaced)).toEqual(shapeOf(value));
      },
    ),
  );
});

test('a whole reference is exactly a text that is one reference from its begin to its end', () => {
  expect(isWholeReference('${a}')).toBe(true);
  expect(isWholeReference('${a:=${b}}')).toBe(true);
  for (const other of ['x${a}', '${a}x', '${a}${b}', '$${a}', '${a', ''])
    expect(isWholeReference(other), other).toBe(false);
});
