import { describe, expect, test } from 'vitest';
import { formatOf, objectsText } from '../../../../cli/kubeseal/object-text.ts';

describe('objects as kubeseal prints them', () => {
  test('have the fields of the API in order, the rest sorted, and no brackets that a page would read', () => {
    const object = {
      spec: {
        encryptedData: { b: 'x', a: 'y' },
        template: { data: { n: '</script>' }, metadata: { zone: 1, name: 'db' } },
      },
      metadata: { annotations: { z: 'a&b', a: '\u2028' }, name: 'db' },
      kind: 'SealedSecret',
    };
    expect(objectsText([object], 'json')).toBe(`{
  "kind": "SealedSecret",
  "metadata": {
    "name": "db",
    "annotations": {
      "a": "\\u2028",
      "z": "a\\u0026b"
    }
  },
  "spec": {
    "template": {
      "metadata": {
        "name": "db",
        "zone": 1
      },
      "data": {
        "n": "\\u003c/script\\u003e"
      }
    },
    "encryptedData": {
      "a": "y",
      "b": "x"
    }
  }
}
`);
  });

  test('keep keys such as __proto__', () => {
    const object = JSON.parse('{"kind":"Secret","data":{"__proto__":"eA==","a":"eA=="}}');
    expect(objectsText([object], 'yaml')).toBe('---\ndata:\n  __proto__: eA==\n  a: eA==\nkind: Secret\n');
  });
});

describe('texts in YAML', () => {
  test.each<[string, string]>([
    ['plain', 'plain'],
    ['true', '"true"'],
    ['2020-01-01', '"2020-01-01"'],
    ['a: b', "'a: b'"],
    ["it's: so", "'it''s: so'"],
    ['{{ .a }}', "'{{ .a }}'"],
    ['tab\there', '"tab\\there"'],
    ['\u{1f511}', '"\\U0001F511"'],
    ['a\u2028b', '"a\\Lb"'],
    ['two\nlines\n', '|\n  two\n  lines'],
    [' two\nlines', '|2-\n   two\n  lines'],
    ['end\n\n', '|+\n  end\n'],
    [`${'x'.repeat(80)} y z`, `${'x'.repeat(80)}\n  y z`],
  ])('%j is written as %j', (text, written) => {
    expect(objectsText([{ a: text }], 'yaml')).toBe(`---\na: ${written}\n`);
  });
});

describe('the form of the result', () => {
  test.each<[string | undefined, string, string]>([
    [undefined, '', 'json'],
    ['', '', 'json'],
    ['Yaml', '', 'yaml'],
    ['json', 'x.yaml', 'yaml'],
    ['nonsense', 'x.yml', 'yaml'],
    [undefined, 'x.yaml.txt', 'json'],
  ])('of -o %j and file %j is %s', (format, file, expected) => {
    expect(formatOf(format, file)).toBe(expected);
  });

  test('that nobody knows is refused', () => {
    expect(() => formatOf('xml', '')).toThrow('unsupported output format: xml');
  });
});
