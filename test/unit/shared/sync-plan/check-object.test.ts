import { describe, expect, test } from 'vitest';
import { checkObject } from '../../../../shared/sync-plan/check-object.ts';

function objectWith(changes: Record<string, unknown>): Record<string, unknown> {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart' }, ...changes };
}

function findingsOf(value: unknown): [string, string][] {
  return (checkObject(value).findings ?? []).map(({ code, message }) => [code, message]);
}

describe('checkObject', () => {
  test('gives the very object when nothing is wrong with it', () => {
    const object = objectWith({
      metadata: { name: 'system:node', namespace: 'shop', labels: null, annotations: { a: '1', b: null } },
    });
    expect(checkObject(object).object).toBe(object);
  });

  test.each([
    ['text', 'plain text'],
    [5, 'a number'],
    [true, 'a boolean'],
    [[], 'a list'],
    [{}, 'no apiVersion and no kind'],
    [{ apiVersion: 'v1' }, 'no kind'],
    [{ kind: 'X', apiVersion: '' }, 'no apiVersion'],
  ])('says what %j is instead of an object', (value, why) => {
    expect(findingsOf(value)).toEqual([['RENDER_NOT_AN_OBJECT', expect.stringContaining(why)]]);
  });

  test('takes an integer beyond 2^53 for a number like any other', () => {
    expect(findingsOf(5n)).toEqual([['RENDER_NOT_AN_OBJECT', expect.stringContaining('a number')]]);
    const labels = { build: 9007199254740993n };
    expect(findingsOf(objectWith({ metadata: { name: 'a', labels } }))[0]?.[1]).toMatch(/is a number, .*quote it/);
  });

  test.each([
    [{ apiVersion: 1 }, 'apiVersion is a number, and has to be text; quote it'],
    [{ apiVersion: 'a/b/c' }, 'apiVersion "a/b/c" is no API version'],
    [{ apiVersion: '../v1' }, 'is no API version'],
    [{ kind: ['x'] }, 'kind is a list'],
    [{ kind: 'Config/Map' }, 'kind "Config/Map" is no kind'],
    [{ metadata: 'x' }, 'metadata is not a map'],
    [{ metadata: { name: 5 } }, 'metadata.name is a number, and has to be text; quote it'],
    [{ metadata: { name: 'a/b' } }, 'metadata.name "a/b"'],
    [{ metadata: { name: '..' } }, 'metadata.name ".."'],
    [{ metadata: { name: 'a%2fb' } }, 'metadata.name'],
    [{ metadata: { name: 'a\nb' } }, 'metadata.name "a\\nb"'],
    [{ metadata: { name: 'a', namespace: 7 } }, 'metadata.namespace is a number'],
    [{ metadata: { name: 'a', namespace: 'a/b' } }, 'metadata.namespace "a/b"'],
    [{ metadata: { name: 'a', labels: [] } }, 'metadata.labels is not a map'],
    [
      { metadata: { name: 'a', labels: { tier: 5 } } },
      'metadata.labels "tier" is a number, and has to be text; quote it',
    ],
    [
      { metadata: { name: 'a', annotations: { on: true } } },
      'metadata.annotations "on" is a boolean, and has to be text; quote it',
    ],
    [{ metadata: { name: 'a', annotations: { x: { y: 1 } } } }, 'metadata.annotations "x" is a map'],
  ])('refuses %j', (changes, message) => {
    expect(findingsOf(objectWith(changes))).toEqual([['RENDER_FIELD_INVALID', expect.stringContaining(message)]]);
  });

  test('tells a missing name from one that the server would make up', () => {
    expect(findingsOf(objectWith({ metadata: null }))[0]?.[0]).toBe('RENDER_NAME_MISSING');
    expect(findingsOf(objectWith({ metadata: { name: '' } }))[0]?.[0]).toBe('RENDER_NAME_MISSING');
    expect(findingsOf(objectWith({ metadata: { generateName: 'job-' } }))[0]?.[0]).toBe('RENDER_GENERATE_NAME');
    expect(findingsOf(objectWith({ metadata: { generateName: 'job-', name: 'job' } }))).toEqual([]);
  });

  test('reports everything at once', () => {
    const labels = JSON.parse('{"a": 1, "__proto__": 2, "b": "fine"}');
    const messages = findingsOf({ apiVersion: 1, kind: 'K', metadata: { namespace: 'A', labels } }).map(
      ([, message]) => message,
    );
    expect(messages).toHaveLength(5);
    expect(messages.join()).toContain('"__proto__"');
  });
});
