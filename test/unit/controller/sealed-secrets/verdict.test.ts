import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventReasonOf, shortenMessage } from '../../../../controller/sealed-secrets/verdict.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/unsealing.md');

test.each([
  ['reason', 'controller/sealed-secrets/verdict.ts', /'([A-Z][A-Za-z]+)'/g],
  ['code', 'shared/sealing/errors.ts', /'(SEALED_[A-Z0-9_]+)'/g],
])('the page on unsealing names every %s', (_what, path, pattern) => {
  const names = [...new Set([...read(path).matchAll(pattern)].map(([, name]) => name ?? ''))];
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('events have the reasons that users of sealed-secrets look for', () => {
  expect(eventReasonOf('Unsealed')).toBe('Unsealed');
  expect(eventReasonOf('KeyNotFound')).toBe('ErrUnsealFailed');
  expect(eventReasonOf('TemplateFailed')).toBe('ErrUnsealFailed');
  expect(eventReasonOf('SecretExists')).toBe('ErrUpdateFailed');
});

test('a message is cut to what a status carries', () => {
  expect(shortenMessage('short')).toBe('short');
  expect(shortenMessage('x'.repeat(3_000))).toHaveLength(2_000);
});

test('a message is cut between characters: half of one would come back from the API server as another, and be news for ever', () => {
  expect(shortenMessage('x'.repeat(1_998) + '😀'.repeat(9)).isWellFormed()).toBe(true);
});
