import { expect, test } from 'vitest';
import { EncodingError } from '../../../../shared/encoding/errors.ts';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import { toYamlFault, YamlFault } from '../../../../shared/encoding/yaml-fault.ts';

const CANARY = 'c4n4ry';

test.each([
  [`password: *${CANARY}`],
  [`password: &${CANARY} *${CANARY}x`],
  [`password: "${CANARY}`],
  [`password: '${CANARY}`],
  [`password: [${CANARY}`],
  [`password: {${CANARY}: [}`],
  [`password: !<${CANARY}> x: [`],
  [`password: !${CANARY}!x y`],
  [`password: !a!${CANARY}!b y`],
  [`password: !${CANARY}%zz y`],
  [`password: !!int ${CANARY}`],
  [`password: !!binary ${CANARY}!`],
  [`password: "\\q${CANARY}"`],
  [`password: "\\xq${CANARY}"`],
  [`password: @${CANARY}`],
  [`password: \`${CANARY}`],
  [`password: ${CANARY}\n  more: x`],
  [`password: |x${CANARY}`],
  [`password: ${CANARY}: x`],
  [`password: x\n\t${CANARY}: y`],
  [`{"password": "${CANARY}`],
  [`{"password": ${CANARY}}{`],
  [`{"password": "${CANARY}\n"} x`],
  [`password: "${CANARY}\u0007"`],
  [`%TAG ${CANARY} ${CANARY}\n---\na`],
  [`%YAML ${CANARY}\n---\na`],
  [`password: .inf # ${CANARY}`],
])('the error for %j quotes no value', (text) => {
  try {
    parseDocuments(`kind: Secret\n---\n${text}\n`, { where: 'secret.yaml' });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(EncodingError);
    expect(Object.values(error as object).join(' ') + String(error) + String((error as Error).stack)).not.toContain(
      CANARY,
    );
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).toMatch(/^cannot parse secret\.yaml: line \d+: \S/);
  }
});

test.each([
  ['a: 1\nb: 2\na: 3\n', 'duplicate key "a"', 3],
  ['spec:\n  "x y": 1\n  z: 2\n  "x y": 3\n', 'duplicate key "x y"', 4],
  ["'it''s': 1\n'it''s': 2\n", 'duplicate key "it\'\'s"', 2],
  ['{a: 1,\n b: 2, a: 3}\n', 'duplicate key "a"', 2],
  ['? a\n: 1\n? a\n: 2\n', 'duplicate key "a"', 3],
  ['yes: 1\ny: 2\n', 'duplicate key "y"', 2],
  ['1: a\n"1": b\n', 'duplicate key "1"', 2],
  ['{"a": 1,\n "a": 2}\n', 'duplicate key "a"', 2],
  ['a: 1\n__proto__: 1\n__proto__: 2\n', 'duplicate key "__proto__"', 3],
  [`${'k'.repeat(200)}: 1\n${'k'.repeat(200)}: 2\n`, `duplicate key "${'k'.repeat(80)}"`, 2],
])('a duplicate in %j is named with its line', (text, reason, line) => {
  expect(() => parseDocuments(text)).toThrow(
    expect.objectContaining({
      code: 'YAML_DUPLICATE_KEY',
      line,
      message: `cannot parse input: line ${line}: ${reason}`,
    }),
  );
});

test('toYamlFault passes faults on and knows no other errors', () => {
  const fault = new YamlFault('YAML_INVALID', 'x', 1);
  expect(toYamlFault(fault, '')).toBe(fault);
  expect(toYamlFault(new RangeError('stack'), '')).toBeNull();
});
