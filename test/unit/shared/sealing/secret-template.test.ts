import { expect, test } from 'vitest';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { readTemplate } from '../../../../shared/sealing/secret-template.ts';

function objectWith(template: unknown): SealedSecret {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { encryptedData: {}, template } as SealedSecret['spec'],
  };
}

test.each([
  ['no template', undefined],
  ['a null template', null],
  ['an empty template', {}],
  ['null fields', { metadata: null, data: null, type: null, immutable: null }],
  [
    'empty fields',
    { metadata: { labels: {}, annotations: {}, finalizers: [], creationTimestamp: null }, type: '', data: {} },
  ],
])('readTemplate finds nothing in %s', (_, template) => {
  expect(readTemplate(objectWith(template))).toEqual({ data: new Map() });
});

test('readTemplate takes labels, annotations, finalizers, type, immutable and literals', () => {
  const metadata = {
    name: 'other',
    namespace: 'other',
    labels: { a: 'b' },
    annotations: { c: 'd' },
    finalizers: ['e.f/g'],
    ownerReferences: [{ kind: 'Node' }],
    uid: 'x',
  };
  const template = { metadata, type: 'Opaque', immutable: false, data: { literal: 'x', gone: null } };
  expect(readTemplate(objectWith(template))).toEqual({
    labels: { a: 'b' },
    annotations: { c: 'd' },
    finalizers: ['e.f/g'],
    type: 'Opaque',
    immutable: false,
    data: new Map([
      ['literal', 'x'],
      ['gone', null],
    ]),
  });
});

test.each([
  ['a template that is text', 'x', 'spec.template is text, expected a map'],
  ['metadata that is a list', { metadata: [] }, 'spec.template.metadata is a list, expected a map'],
  [
    'a label that is a number',
    { metadata: { labels: { v: 1 } } },
    'spec.template.metadata.labels.v is a number, expected text',
  ],
  [
    'annotations that are text',
    { metadata: { annotations: 'x' } },
    'spec.template.metadata.annotations is text, expected a map',
  ],
  [
    'finalizers that are text',
    { metadata: { finalizers: 'x' } },
    'spec.template.metadata.finalizers is not a list of texts',
  ],
  ['a type that is a number', { type: 1 }, 'spec.template.type is a number, expected text'],
  ['immutable as text', { immutable: 'yes' }, 'spec.template.immutable is text, expected true or false'],
  ['a literal that is a boolean', { data: { x: true } }, 'spec.template.data.x is a boolean, expected text'],
  [
    'several wrong fields at once',
    { type: 1, data: { 'a.conf': 2 } },
    'spec.template.type is a number, expected text; spec.template.data["a.conf"] is a number, expected text',
  ],
])('readTemplate refuses %s', (_, template, problem) => {
  expect(() => readTemplate(objectWith(template))).toThrow(
    expect.objectContaining({ code: 'TEMPLATE_INVALID', message: `cannot make the Secret: ${problem}` }),
  );
});
