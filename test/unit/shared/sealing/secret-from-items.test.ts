import { expect, test } from 'vitest';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { TEMPLATE_MISSING_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { SealedSecret, SecretTemplate } from '../../../../shared/resources/sealed-secret.ts';
import { SealingError } from '../../../../shared/sealing/errors.ts';
import { isRendered, secretFromItems } from '../../../../shared/sealing/secret-from-items.ts';
import type { TemplateRequest } from '../../../../shared/sealing/template-renderer.ts';
import { unsealSecret } from '../../../../shared/sealing/unseal-secret.ts';
import { firstRing, sealedOf } from '../../../support/test-secrets.ts';

const SEED = new Uint8Array(32).fill(3);
const AT = new Date('2026-01-01T00:00:00Z');
const items = new Map([
  ['password', SecretBytes.fromText('hunter2')],
  ['user', SecretBytes.fromText('joe')],
]);

function objectWith(data: SecretTemplate['data'], annotations: Record<string, string> = {}): SealedSecret {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'db', namespace: 'shop', annotations },
    spec: { encryptedData: { password: 'x', user: 'y' }, template: { data: data ?? null } },
  };
}

/** A renderer that prints the key in capitals, and what it was asked. */
function shouting() {
  const requests: TemplateRequest[] = [];
  const outputs: SecretBytes[] = [];
  const renderer = {
    render: async (request: TemplateRequest) => {
      requests.push(request);
      return new Map(
        [...request.templates.keys()].map((key) => {
          const output = SecretBytes.fromText(key.toUpperCase());
          outputs.push(output);
          return [key, output] as const;
        }),
      );
    },
  };
  return { requests, outputs, rendering: { renderer, seed: SEED, at: AT } };
}

const texts = (values: ReadonlyMap<string, Uint8Array> | undefined) =>
  Object.fromEntries([...(values ?? [])].map(([key, value]) => [key, new TextDecoder().decode(value)]));

const decoded = (data: Readonly<Record<string, string>> | null | undefined) =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, atob(value)]));

test('only texts with actions are rendered, and items win over templates', async () => {
  const { requests, rendering } = shouting();
  const sealed = objectWith({ conf: '{{ .user }}', plain: '} }', user: '{{ "lost" }}', gone: null });
  const { data } = await secretFromItems(sealed, items, { rendering });
  expect([...(requests[0]?.templates ?? [])]).toEqual([['conf', '{{ .user }}']]);
  expect(decoded(data)).toEqual({ conf: 'CONF', plain: '} }', password: 'hunter2', user: 'joe' });
});

test('templates see items and the texts of their siblings as written; items win, and null hides nothing', async () => {
  const { requests, rendering } = shouting();
  const sealed = objectWith({ conf: '{{ .a }}', plain: 'text', user: 'lost', password: null, gone: null });
  const { data } = await secretFromItems(sealed, items, { rendering });
  expect(texts(requests[0]?.values)).toEqual({ conf: '{{ .a }}', plain: 'text', user: 'joe', password: 'hunter2' });
  expect(Object.keys(data ?? {})).toEqual(['conf', 'plain', 'user']);
});

test('seed and clock are handed on, and what is missing is an error unless the object asks otherwise', async () => {
  const { requests, rendering } = shouting();
  await secretFromItems(objectWith({ a: '{{' }), items, { rendering });
  await secretFromItems(objectWith({ a: '{{' }, { [TEMPLATE_MISSING_ANNOTATION]: 'allow' }), items, { rendering });
  await secretFromItems(objectWith({ a: '{{' }, { [TEMPLATE_MISSING_ANNOTATION]: 'true' }), items, { rendering });
  const inTemplate = objectWith({ a: '{{' });
  const metadata = { annotations: { [TEMPLATE_MISSING_ANNOTATION]: 'allow' } };
  const template = { ...inTemplate.spec.template, metadata };
  await secretFromItems({ ...inTemplate, spec: { ...inTemplate.spec, template } }, items, { rendering });
  expect(requests.map(({ missing }) => missing)).toEqual(['error', 'no-value', 'error', 'no-value']);
  expect(requests[0]).toMatchObject({ seed: SEED, at: AT });
});

test('what was rendered is wiped, and the items are not', async () => {
  const { outputs, rendering } = shouting();
  await secretFromItems(objectWith({ a: '{{' }), items, { rendering });
  expect([...(outputs[0]?.expose() ?? [])]).toEqual([0]);
  expect(items.get('user')?.expose()).toEqual(new TextEncoder().encode('joe'));
});

test('an object without actions needs no renderer and does not call one', async () => {
  const { requests, rendering } = shouting();
  await secretFromItems(objectWith({ a: 'plain', user: '{{ .lost }}' }), items, { rendering });
  expect(requests).toEqual([]);
  expect(decoded((await secretFromItems(objectWith({ a: 'plain' }), items)).data)).toMatchObject({ a: 'plain' });
});

test('templates cannot reach metadata and type', async () => {
  const { requests, rendering } = shouting();
  const sealed = objectWith({ a: 'plain' });
  const template = { ...sealed.spec.template, type: '{{ .user }}', metadata: { labels: { a: '{{ .user }}' } } };
  const secret = await secretFromItems({ ...sealed, spec: { ...sealed.spec, template } }, items, { rendering });
  expect([secret.type, secret.metadata.labels, requests]).toEqual(['{{ .user }}', { a: '{{ .user }}' }, []]);
});

test('a failure of the renderer is the failure of the whole', async () => {
  const failure = new SealingError('TEMPLATE_SYNTAX', 'cannot make the Secret: template "a", line 1: does not parse');
  const renderer = { render: () => Promise.reject(failure) };
  await expect(
    secretFromItems(objectWith({ a: '{{' }), items, { rendering: { renderer, seed: SEED, at: AT } }),
  ).rejects.toBe(failure);
});

test.each([
  ['a template', { a: '{{ x }}' }, true],
  ['a literal', { a: 'x' }, false],
  ['a template that an item wins over', { user: '{{ x }}' }, false],
  ['null', { a: null }, false],
  ['no data', null, false],
])('isRendered of %s', (_, data, expected) => {
  expect(isRendered(objectWith(data))).toBe(expected);
});

test('unsealSecret draws a seed of its own each time, and takes the one that it is given', async () => {
  const { requests, rendering } = shouting();
  const sealed = await sealedOf({ user: 'joe' });
  const object = { ...sealed, spec: { ...sealed.spec, template: { data: { a: '{{ uuidv4 }}' } } } };
  const { renderer } = rendering;
  await unsealSecret(object, firstRing, { renderer });
  await unsealSecret(object, firstRing, { renderer });
  await unsealSecret(object, firstRing, { renderer, seed: SEED, at: AT });
  expect(requests.map(({ seed }) => seed.length)).toEqual([32, 32, 32]);
  expect(requests[0]?.seed).not.toEqual(requests[1]?.seed);
  expect(requests[2]).toMatchObject({ seed: SEED, at: AT });
});
