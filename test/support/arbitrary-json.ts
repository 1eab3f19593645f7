/** @module JSON values that are likely to break readers and writers of JSON and YAML. */
import fc from 'fast-check';

/** Texts that a YAML reader may take for something else, or that need care in quotes. */
const TRICKY_TEXTS = [
  ...[
    'yes',
    'no',
    'on',
    'y',
    'N',
    'true',
    'null',
    '~',
    '',
    '0777',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '1e3',
    '1.5',
    '.5',
    '-1',
  ],
  ...[
    '9007199254740993',
    '.inf',
    '.nan',
    '<<',
    '=',
    '2001-12-14',
    '22:22',
    ' a',
    'a ',
    'a: b',
    'a:',
    '#',
    'a #b',
    '- a',
    '-',
  ],
  ...[
    '?',
    '? a',
    ':',
    ': a',
    '*a',
    '&a',
    '!a',
    '|',
    '>',
    '%',
    '@',
    '`',
    '{',
    '}',
    '[',
    ']',
    '{}',
    '[]',
    ',',
    '"',
    "'",
    '\\',
  ],
  ...[
    '---',
    '--- a',
    '...',
    'a\nb',
    'a\nb\n',
    '\n',
    '\na',
    'a\n\n',
    ' a\n b',
    'a \nb',
    '\ta\nb',
    'a\n\tb',
    '# a\n# b',
    '- a\n- b',
  ],
  ...[
    'a\rb',
    'a\r\nb',
    '\t',
    '\u0000',
    '\u0007',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffe',
    '\ud800',
    '😀',
    'ä',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '$(A)', '{{ .A }}', 'a\nb: c\n', '--- |\n x\n'],
];

const text = fc.oneof(
  fc.constantFrom(...TRICKY_TEXTS),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...' \n\t:#-?"\'\\ab01._&*!|>%@`{}[],~<='), maxLength: 20 }),
);

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !isInexactInteger(value)),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  fc.constantFrom(0, -0, 1e21, 1e-7, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);

/** A number that JSON text turns into a bigint: it has no text of its own. */
function isInexactInteger(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
}

const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

/** Any text, often one that a YAML reader may take for something else. */
export const trickyText: fc.Arbitrary<string> = text;

/** Any JSON value, integers of 64 bits as bigint beyond 2^53. */
export const jsonValue: fc.Arbitrary<unknown> = tree.value;
