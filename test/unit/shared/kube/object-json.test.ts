import { describe, expect, it } from 'vitest';
import { decodeBody, decodeListPage, decodeObject, typedItem } from '../../../../shared/kube/object-json.ts';
import { SECRETS } from '../../../../shared/kube/resource-type.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const badResponse = expect.objectContaining({ code: 'KUBE_BAD_RESPONSE' });

describe('decodeObject', () => {
  it('keeps every field as it came', () => {
    const object = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', new: 1 }, 'x-unknown': { deep: [null] } };
    expect(decodeObject(bytes(object))).toEqual(object);
  });

  it.each(['', '<html>', '[]', 'null', '{"kind":"X","metadata":{}}', '{"apiVersion":"v1","kind":"X"}'])(
    'refuses %j',
    (text) => expect(() => decodeObject(bytes(text))).toThrow(badResponse),
  );
});

describe('decodeBody', () => {
  it('never quotes what it could not read', () => {
    const thrown = (() => {
      try {
        return decodeBody(bytes('hunter2-is-secret'));
      } catch (error) {
        return error as Error;
      }
    })();
    expect(String((thrown as Error).message)).not.toContain('hunter2');
    expect((thrown as Error).cause).toBeUndefined();
  });
});

describe('decodeListPage', () => {
  it('fills in what the server leaves out of items', () => {
    const page = decodeListPage(
      bytes({
        kind: 'SecretList',
        metadata: { resourceVersion: '9', continue: 'c' },
        items: [{ metadata: { name: 'a' }, data: {} }],
      }),
      SECRETS,
      false,
    );
    expect(page).toEqual({
      items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: {} }],
      resourceVersion: '9',
      continueToken: 'c',
    });
  });

  it('takes items: null as none', () => {
    expect(decodeListPage(bytes({ metadata: { resourceVersion: '1' }, items: null }), SECRETS, false).items).toEqual(
      [],
    );
  });

  it('drops content that a server sent although only metadata was asked for', () => {
    const answer = { metadata: {}, items: [{ metadata: { name: 'a' }, data: { password: 'x' } }] };
    expect(decodeListPage(bytes(answer), SECRETS, true).items).toEqual([
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
    ]);
  });

  it.each([{ items: [] }, { metadata: {}, items: {} }, { metadata: {}, items: [1] }, { metadata: {}, items: [{}] }])(
    'refuses %j',
    (answer) => expect(() => decodeListPage(bytes(answer), SECRETS, false)).toThrow(badResponse),
  );
});

describe('typedItem', () => {
  it('gives an item of PartialObjectMetadata its own kind', () => {
    const item = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: { name: 'a' } };
    expect(typedItem(item, SECRETS, true)).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } });
  });
});
