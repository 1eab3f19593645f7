// biome-ignore-all lint/suspicious/noTemplateCurlyInString: "${name}" is what this file is about
import { expect, test } from 'vitest';
import { renderBuilt } from '../../../../shared/sync-plan/render.ts';
import { PLAIN_SETTINGS } from '../../../../shared/sync-plan/render-settings.ts';
import type { Variables } from '../../../../shared/sync-plan/variable-text.ts';
import { loadTree } from '../../../support/load-tree.ts';
import { render } from '../../../support/render-tree.ts';

const variables: Variables = new Map(
  Object.entries({
    n: '3',
    yes: 'yes',
    name: 'shop',
    empty: '',
    hostile: 'x\nkind: Pod\n- a: ${name}',
    token: 'hunter2',
  }).map(([name, value]) => [name, { value, isSecret: name === 'token' }]),
);

const rendered = (text: string) => render(loadTree({ 'a.yaml': text }), { settings: { ...PLAIN_SETTINGS, variables } });
const config = (fields: string, metadata = 'name: c') =>
  `apiVersion: v1\nkind: Any\nmetadata: {${metadata}}\n${fields}\n`;

test.each([
  ['a: ${n}', 3],
  ['a: "${n}"', '3'],
  ["a: '${n}'", '3'],
  ['a: |-\n  ${n}', '3'],
  ['a: ${n}0', '30'],
  ['a: ${yes}', true],
  ['a: ${name}', 'shop'],
  ['a: ${empty}', null],
  ['a: "${empty}"', ''],
  ['a: ${missing:=5}', 5],
  ['a: ${missing:-}', null],
  ['a: ${empty:-full}', 'full'],
  ['a: "${empty-full}"', ''],
  ['a: ${missing=full}', 'full'],
  ['a: x-${missing:=${name}-y}-z', 'x-shop-y-z'],
  ['a: $${name}', '${name}'],
  ['a: $name', '$name'],
  ['a: ${hostile}', 'x\nkind: Pod\n- a: ${name}'],
])('%s becomes %j', (text, value) => {
  const { objects, problems } = rendered(config(text));
  expect(problems).toEqual([]);
  expect(objects[0]?.object['a']).toEqual(value);
});

test('names, namespaces and keys are replaced, before they are checked', () => {
  const { objects, problems } = rendered(config('data:\n  ${name}.conf: a', 'name: "${name}-c", namespace: "${name}"'));
  expect(problems).toEqual([]);
  expect(objects[0]?.object).toMatchObject({
    metadata: { name: 'shop-c', namespace: 'shop' },
    data: { 'shop.conf': 'a' },
  });
});

test.each([
  ['a: 1\nb: ${missing}', 5, 'variable "missing" is not defined'],
  ['a: ${missing:=${other}}', 4, 'variable "other" is not defined'],
  ['a: "${n"', 4, 'a "${" begins no reference that is understood'],
  ['a: "${n:=x"', 4, 'a reference has no closing brace'],
  ['a: "${n%%.*}"', 4, 'a "${" begins no reference that is understood'],
  ['a: "${{ n }}"', 4, 'a "${" begins no reference that is understood'],
  ['${name}: a\nshop: b', 1, 'two keys of a map become the same'],
])('%s is an error with its line', (fields, line, message) => {
  expect(rendered(config(fields)).problems).toMatchObject([
    { file: 'a.yaml', line, code: 'RENDER_SUBSTITUTION', message },
  ]);
});

test.each(['signet.dev/substitute', 'kustomize.toolkit.fluxcd.io/substitute'])(
  '%s: disabled leaves an object as it is',
  (key) => {
    for (const field of ['annotations', 'labels']) {
      const { objects, problems } = rendered(config('a: ${missing}', `name: c, ${field}: {${key}: disabled}`));
      expect(problems).toEqual([]);
      expect(objects[0]?.object['a']).toBe('${missing}');
    }
  },
);

test('behind a program that lost the quotes, the place decides what becomes text', () => {
  const value = {
    apiVersion: 'v1',
    kind: 'Any',
    metadata: { name: 'c', labels: { n: '${n}' } },
    spec: { replicas: '${n}', env: [{ name: 'a', value: '${n}' }], args: ['${n}'], ports: ['${n}'], text: 'x${n}' },
  };
  const document = { value, origin: { file: 'a.yaml', line: 1, document: 1 } };
  const settings = { ...PLAIN_SETTINGS, variables };
  const { objects, problems } = renderBuilt(loadTree({}), [document], { settings });
  expect(problems).toEqual([]);
  expect(objects[0]?.object).toMatchObject({
    metadata: { labels: { n: '3' } },
    spec: { replicas: 3, env: [{ value: '3' }], args: ['3'], ports: [3], text: 'x3' },
  });
});

test('without spec.substitute nothing is replaced', () => {
  expect(render(loadTree({ 'a.yaml': config('a: ${n}') })).objects[0]?.object['a']).toBe('${n}');
});

test('values of Secrets are noted with their places, and refused where everybody looks', () => {
  const { objects } = rendered(config('spec:\n  list:\n    - {value: "x-${token}", plain: "${name}"}'));
  expect(objects[0]?.confidential).toEqual([['spec', 'list', '*', 'value']]);
  for (const bad of [
    config('a: b', 'name: "${token}"'),
    config('a: b', 'name: c, labels: {a: "${token}"}'),
    config('"${token}": a'),
  ]) {
    const { problems } = rendered(bad);
    expect(problems).toMatchObject([{ message: expect.stringMatching(/^a value of a Secret cannot be part of/) }]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  }
});

test('many references to a long value end in an error, not in a huge object', () => {
  const long: Variables = new Map([['v', { value: 'x'.repeat(60_000), isSecret: false }]]);
  const { problems } = render(loadTree({ 'a.yaml': config(`a: "${'${v}'.repeat(100)}"`) }), {
    settings: { ...PLAIN_SETTINGS, variables: long },
  });
  expect(problems).toMatchObject([{ message: 'the text becomes longer than 1 MiB' }]);
});

test('many texts with a long value end in one error, before they fill the memory', () => {
  const long: Variables = new Map([['v', { value: 'x'.repeat(60_000), isSecret: false }]]);
  const items = 'a:\n' + '- "b${v}"\n'.repeat(50_000);
  const { problems } = render(loadTree({ 'a.yaml': config(items) }), {
    settings: { ...PLAIN_SETTINGS, variables: long },
  });
  expect(problems).toMatchObject([{ message: 'the texts of the object become longer than 4 MiB' }]);
});
