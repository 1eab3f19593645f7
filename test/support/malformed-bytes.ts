/** @module Damaged copies of good input: bits, ends, types, sizes, depth, names that languages treat specially, bytes that are no text. */
import fc from 'fast-check';

const HUGE = 300_000;
const DEPTH = 20_000;

/** What can stand in the place of a value of YAML or JSON text. */
const ODD_VALUES: readonly string[] = [
  ...['null', '~', 'true', '17', '-0', '1e999', '.nan', '0x7f', '2026-01-31', '[]', '{}', '""', '*absent', '&a [*a]'],
  ...['!!binary "%%%"', '!!js/function "x"', '{{ .x }}', '"\\ud800"', '|', '>-', '@', '`', '[1, {a: [b', "'", '"'],
  ...['[x, x, x]', '{__proto__: {a: b}}', '{constructor: x, prototype: y}', '- a\n- b'],
];

const ODD_LINES: readonly string[] = [
  ...['__proto__: {polluted: true}', 'constructor: {prototype: x}', 'kind: SealedSecret', 'kind: Secret', 'data: x'],
  ...['metadata: []', 'spec: null', '---', '...', '%YAML 1.2', '\t', '? [a]: b', '<<: {a: b}', '}', '{', 'data: {a: b'],
  ...[
    'apiVersion: v2',
    'items: [{}]',
    '# \u0000',
    '\ufeff',
    '\u2028',
    'stringData: {a: {b: c}}',
    'namespace: ../../etc',
  ],
];

/** `text` with one or a few damages; some of the results are good input still. */
export function malformed(text: string): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.array(damageOfText(text), { minLength: 1, maxLength: 3 }).map((damages) => toBytes(apply(text, damages))),
    flippedBits(text),
    fc.nat(text.length).map((end) => toBytes(text.slice(0, end))),
    fc.nat(text.length).map((start) => toBytes(text.slice(start))),
    fc.uint8Array({ maxLength: 200 }),
    fc.nat(text.length).map((at) => Uint8Array.from([...toBytes(text.slice(0, at)), 0xff, 0xc0, 0x80, 0xed, 0xa0])),
    fc.constantFrom(...wholeTexts(text)).map(toBytes),
    fc.constant(toUtf16(text)),
  );
}

type Damage = (text: string) => string;

function damageOfText(text: string): fc.Arbitrary<Damage> {
  const lineCount = text.split('\n').length;
  return fc.oneof(
    fc.record({ line: fc.nat(lineCount), odd: fc.constantFrom(...ODD_VALUES) }).map(
      ({ line, odd }): Damage =>
        (whole) =>
          onLine(whole, line, (one) => [one.replace(/:.*$/, `: ${odd}`)]),
    ),
    fc.record({ line: fc.nat(lineCount), odd: fc.constantFrom(...ODD_LINES) }).map(
      ({ line, odd }): Damage =>
        (whole) =>
          onLine(whole, line, (one) => [one, odd]),
    ),
    fc.nat(lineCount).map(
      (line): Damage =>
        (whole) =>
          onLine(whole, line, () => []),
    ),
    fc.nat(lineCount).map(
      (line): Damage =>
        (whole) =>
          onLine(whole, line, (one) => [one, one]),
    ),
    fc.nat(lineCount).map(
      (line): Damage =>
        (whole) =>
          onLine(whole, line, (one) => [` ${one}`]),
    ),
  );
}

function apply(text: string, damages: readonly Damage[]): string {
  return damages.reduce((damaged, damage) => damage(damaged), text);
}

function onLine(text: string, at: number, change: (line: string) => readonly string[]): string {
  return text
    .split('\n')
    .flatMap((line, index) => (index === at ? change(line) : [line]))
    .join('\n');
}

function flippedBits(text: string): fc.Arbitrary<Uint8Array> {
  const bytes = toBytes(text);
  const flip = fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) });
  return fc.array(flip, { minLength: 1, maxLength: 4 }).map((flips) => {
    const damaged = Uint8Array.from(bytes);
    for (const { at, bit } of flips) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
    return damaged;
  });
}

function wholeTexts(text: string): readonly string[] {
  return [
    ...['', '\n', '{', '[', '{}', '[]', 'null', '"', '---\n---\n', '- \n- ', '&a [*a, *a]', '\u0000', 'a: *b'],
    `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
    `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
    `${'- '.repeat(DEPTH)}x`,
    `a: ${'x'.repeat(HUGE)}`,
    `${text}\n${'x'.repeat(HUGE)}`,
    `a: &a [x, x]\nb: &b [${'*a, '.repeat(9)}*a]\nc: &c [${'*b, '.repeat(9)}*b]\nd: &d [${'*c, '.repeat(9)}*c]\ne: [${'*d, '.repeat(9)}*d]`,
    text.repeat(50),
    `${text}---\n${text}`,
    text.replaceAll('\n', '\r\n'),
    text.replaceAll('\n', '\r'),
    `\ufeff${text}`,
  ];
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function toUtf16(text: string): Uint8Array {
  return Uint8Array.from([
    0xff,
    0xfe,
    ...[...text].flatMap((one) => [one.charCodeAt(0) & 0xff, one.charCodeAt(0) >> 8]),
  ]);
}
