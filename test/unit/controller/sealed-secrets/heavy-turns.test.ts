import { expect, test } from 'vitest';
import type { Request } from '../../../../controller/reconcile-loop/reconciler.ts';
import { HeavyTurns, isHeavy } from '../../../../controller/sealed-secrets/heavy-turns.ts';
import { sealedOf } from '../../../support/test-secrets.ts';

const request = (namespace: string, name: string): Request => ({ namespace, name });

function turnsOf(places: number) {
  const woken: string[] = [];
  const turns = new HeavyTurns({ places, wake: ({ namespace, name }) => woken.push(`${namespace}/${name}`) });
  return { turns, woken };
}

test('so many have their turn at once, and one that leaves has the next woken', () => {
  const { turns, woken } = turnsOf(2);
  const objects = ['a', 'b', 'c', 'd'].map((name) => request('shop', name));
  expect(objects.map((object) => turns.enter(object))).toEqual([true, true, false, false]);
  for (const object of objects) turns.leave(object);
  expect(woken).toEqual(['shop/c', 'shop/d']);
});

test('one that was woken has its place, before whoever comes', () => {
  const { turns, woken } = turnsOf(1);
  const [first, second, third] = [request('a', 'x'), request('a', 'y'), request('a', 'z')];
  turns.enter(first);
  turns.enter(second);
  turns.leave(first);
  expect([woken, turns.enter(third), turns.enter(second)]).toEqual([['a/y'], false, true]);
});

test('one that was woken and has nothing to do gives its place to the next', () => {
  const { turns, woken } = turnsOf(1);
  for (const name of ['x', 'y', 'z']) turns.enter(request('a', name));
  for (const name of ['x', 'y']) turns.leave(request('a', name));
  expect(woken).toEqual(['a/y', 'a/z']);
});

test('one that waits twice is woken once', () => {
  const { turns, woken } = turnsOf(1);
  for (const name of ['x', 'y', 'y']) turns.enter(request('a', name));
  turns.leave(request('a', 'y'));
  for (const name of ['x', 'y']) turns.leave(request('a', name));
  expect(woken).toEqual(['a/y']);
});

test('namespaces take turns, however many objects one of them has', () => {
  const { turns, woken } = turnsOf(1);
  turns.enter(request('many', 'first'));
  for (let at = 0; at < 40; at += 1) turns.enter(request('many', `${at}`));
  turns.enter(request('few', 'a'));
  turns.enter(request('few', 'b'));
  let last = request('many', 'first');
  for (let at = 0; at < 42; at += 1) {
    turns.leave(last);
    const [namespace = '', name = ''] = woken.at(-1)?.split('/') ?? [];
    last = request(namespace, name);
  }
  expect(woken.slice(0, 5)).toEqual(['many/0', 'few/a', 'many/1', 'few/b', 'many/2']);
  expect(new Set(woken).size).toBe(42);
});

test('objects are heavy that need the engine, and not those whose template is refused anyhow', async () => {
  const sealed = await sealedOf({ password: 'p' });
  const withData = (data: unknown) => isHeavy({ ...sealed, spec: { ...sealed.spec, template: { data } } } as never);
  expect([withData({ a: '{{ 1 }}' }), withData({ a: 'x' }), withData({ a: 1 }), isHeavy(sealed)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('objects are heavy above 64 KiB in all, wherever it stands, and those without form are not', async () => {
  const sealed = await sealedOf({ password: 'p' });
  const half = 'x'.repeat(32 * 1024);
  const withSpec = (spec: unknown) => isHeavy({ ...sealed, spec } as never);
  const light = [{ encryptedData: { a: half, b: half } }, {}, null, { encryptedData: [], data: 7, template: 'x' }];
  const heavy = [
    { encryptedData: { a: half, b: half, c: 'x' } },
    { encryptedData: {}, data: `${half}${half}x` },
    { encryptedData: { a: half }, template: { data: { b: half, c: 'x' } } },
  ];
  expect([light.map(withSpec), heavy.map(withSpec)]).toEqual([light.map(() => false), heavy.map(() => true)]);
});
