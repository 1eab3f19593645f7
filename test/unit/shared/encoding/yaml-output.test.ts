import { expect, test } from 'vitest';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import { stringifyYaml } from '../../../../shared/encoding/yaml-output.ts';

test('stringifyYaml lays objects out as kubectl does', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', labels: {}, finalizers: [] },
    spec: {
      containers: [
        { name: 'app', args: ['--verbose', '-x'], env: [] },
        { name: 'sidecar', args: null },
      ],
      matrix: [[1, 2], [], [[3]]],
      script: '#!/bin/sh\nset -e\n\n  indented\n',
      note: 'first\nsecond',
      enabled: true,
      replicas: 3,
    },
  };
  expect(stringifyYaml(object)).toBe(`apiVersion: v1
kind: Secret
metadata:
  name: db
  labels: {}
  finalizers: []
spec:
  containers:
  - name: app
    args:
    - --verbose
    - -x
    env: []
  - name: sidecar
    args: null
  matrix:
  - - 1
    - 2
  - []
  - - - 3
  script: |
    #!/bin/sh
    set -e

      indented
  note: |-
    first
    second
  enabled: true
  replicas: 3
`);
});

test.each([
  ['yes'],
  ['y'],
  ['on'],
  ['Off'],
  ['null'],
  ['~'],
  [''],
  ['0777'],
  ['08'],
  ['1_000'],
  ['1e3'],
  ['.5'],
  ['.inf'],
  ['0x1F'],
  ['9007199254740993'],
  ['-1'],
  ['+1'],
  ['<<'],
  [' a'],
  ['a '],
  ['a: b'],
  ['a:'],
  ['a #b'],
  ['#a'],
  ['- a'],
  ['-'],
  ['? a'],
  ['*a'],
  ['&a'],
  ['!a'],
  ['|'],
  ['>'],
  ['%a'],
  ['@a'],
  ['`a`'],
  ['{a}'],
  ['[a]'],
  ["'a'"],
  [',a'],
  ['---'],
  ['--- a'],
  ['...'],
  ['... a'],
  ['=a'],
  ['~a'],
  ['\ta'],
  ['a\tb'],
  ['a\rb'],
  ['a\r\nb'],
  ['\n'],
  ['\na'],
  ['a\n\n'],
  [' a\nb'],
  ['a \nb'],
  ['a\n\tb '],
  ['a\u0085b'],
  ['a\u2028b'],
  ['a\nb\u2029'],
  ['\ufeffa'],
  ['a\u0000b'],
  ['a\u007fb'],
  ['\ud800'],
  ['2001-12-14'],
  ['2001-12-14T00:00:00Z'],
  ['22:22'],
  ['190:20:30'],
  ['a\\b\nc\u0001'],
])('stringifyYaml quotes %j as a value and as a key', (text) => {
  const written = stringifyYaml({ [text]: text });
  expect(written).toMatch(/^".*": ".*"\n$/);
  expect(parseDocuments(written)).toMatchObject([{ value: { [text]: text } }]);
});

test.each([['"a"'], ['{"v":1,"name":"it\'s"}'], ['%"\\'], [' "']])(
  'stringifyYaml puts %j between single quotes, which need no escapes',
  (text) => {
    const written = stringifyYaml({ [text]: text });
    expect(written).toMatch(/^'.*': '.*'\n$/);
    expect(parseDocuments(written)).toMatchObject([{ value: { [text]: text } }]);
  },
);

test.each([
  ['a'],
  ['a b'],
  ['a:b'],
  ['http://x:80/y#z'],
  ['a#b'],
  ['1.2.3'],
  ['1 2'],
  ['v1'],
  ['/etc/x'],
  ['$(VAR)'],
  ['--flag=x'],
  ['<none>'],
  ['^a$'],
  ['.hidden'],
  ['a,b'],
  ['a{b}'],
  ["it's"],
  ['say "hi"'],
  ['ä€😀'],
  ['a\u00a0b'],
  ['a|b'],
  ['100m'],
  ['0a'],
  ['yesterday'],
  ['AgBy+/=='],
  ['tab\nand\tinner\ttab'],
])('stringifyYaml writes %j without quotes', (text) => {
  const written = stringifyYaml({ a: text });
  expect(written).not.toMatch(/^a: ["']/);
  expect(parseDocuments(written)).toMatchObject([{ value: { a: text } }]);
});

test.each<[unknown, string]>([
  [0, '0\n'],
  [-0, '-0.0\n'],
  [1.5, '1.5\n'],
  [1e21, '1e+21\n'],
  [2 ** 60, '1.152921504606847e+18\n'],
  [9007199254740993n, '9007199254740993\n'],
  [true, 'true\n'],
  [null, 'null\n'],
  [{}, '{}\n'],
  [[], '[]\n'],
  ['text', 'text\n'],
  ['two\nlines\n', '|\n  two\n  lines\n'],
])('stringifyYaml writes %o at the top', (value, text) => {
  expect(stringifyYaml(value)).toBe(text);
});

test('stringifyYaml keeps the order of keys and __proto__ among them', () => {
  expect(stringifyYaml(JSON.parse('{"z":1,"__proto__":2,"a":3}'))).toBe('z: 1\n__proto__: 2\na: 3\n');
});

test('stringifyYaml treats what is not JSON as JSON.stringify does', () => {
  const value = {
    at: new Date(0),
    gone: undefined,
    run: () => 1,
    list: [undefined, Symbol('x')],
    empty: { x: undefined },
  };
  expect(stringifyYaml(value)).toBe('at: "1970-01-01T00:00:00.000Z"\nlist:\n- null\n- null\nempty: {}\n');
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [() => 1]])('stringifyYaml refuses %s', (value) => {
  expect(() => stringifyYaml(value)).toThrow(expect.objectContaining({ code: 'JSON_UNREPRESENTABLE' }));
});
