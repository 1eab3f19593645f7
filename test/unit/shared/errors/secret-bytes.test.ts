import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';

const secret = SecretBytes.fromText('hunter2');
const holder = { secret, list: [secret], map: new Map([['password', secret]]) };

test.each([
  ['String', String(secret)],
  ['a template literal', `${secret}`],
  ['a joined list', [secret].join()],
  ['JSON.stringify', JSON.stringify(holder)],
  ['inspect', inspect(holder, { depth: 10, showHidden: true })],
  ['inspect without its own form', inspect(holder, { depth: 10, showHidden: true, customInspect: false })],
  ['format', format('%s %o %O %j', secret, secret, secret, secret)],
  ['a list of its properties', JSON.stringify(Object.entries(secret))],
  ['structuredClone', inspect(structuredClone(secret), { depth: 10 })],
  ['the message of an error', inspect(new Error(`cannot use ${secret}`, { cause: secret }))],
])('SecretBytes shows nothing through %s', (_, text) => {
  expect(text).not.toMatch(/hunter2|68, ?75|104, ?117|aHVudGVyMg|68 75 6e/);
});

test('SecretBytes prints a placeholder', () => {
  expect([`${secret}`, JSON.stringify(secret), inspect(secret)]).toEqual(['[secret]', '"[secret]"', '[secret]']);
});

test('SecretBytes.expose gives the bytes themselves, which wipe overwrites', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const own = new SecretBytes(bytes);
  expect([own.expose(), own.length]).toEqual([Uint8Array.of(1, 2, 3), 3]);
  own.wipe();
  expect([own.expose(), own.length]).toEqual([new Uint8Array(3), 3]);
  expect(own.expose()).toBe(bytes);
});
