import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairLane } from '../../../../controller/reconcile-loop/fair-lane.ts';

const entry = (namespace: string, name: string) => ({ key: `${namespace}/${name}`, request: { namespace } });

function takeAll(lane: FairLane<ReturnType<typeof entry>>): readonly string[] {
  const taken: string[] = [];
  for (let next = lane.take(); next !== null; next = lane.take()) taken.push(next.key);
  return taken;
}

test('one object of a quiet namespace waits for one of each other namespace, and not for all of them', () => {
  const lane = new FairLane<ReturnType<typeof entry>>();
  for (const name of ['1', '2', '3', '4']) lane.add(entry('busy', name));
  expect(lane.take()?.key).toBe('busy/1');
  lane.add(entry('quiet', '1'));
  lane.add(entry('other', '1'));
  expect(takeAll(lane)).toEqual(['busy/2', 'quiet/1', 'other/1', 'busy/3', 'busy/4']);
});

test('a namespace whose last entry was deleted has no turn', () => {
  const lane = new FairLane<ReturnType<typeof entry>>();
  for (const [namespace, name] of [
    ['a', '1'],
    ['b', '1'],
  ] as const)
    lane.add(entry(namespace, name));
  expect([lane.delete('a/1'), lane.delete('a/1'), lane.get('a/1'), lane.size]).toEqual([true, false, undefined, 1]);
  lane.add(entry('a', '2'));
  expect(takeAll(lane)).toEqual(['b/1', 'a/2']);
  lane.add(entry('a', '3'));
  lane.clear();
  expect([lane.take(), lane.size]).toEqual([null, 0]);
});

test('everything is taken once, in the order of its namespace, and between two of a namespace come no two of another that waited', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 }), (namespaces) => {
      const lane = new FairLane<ReturnType<typeof entry>>();
      const added = namespaces.map((namespace, at) => entry(namespace, String(at).padStart(2, '0')));
      for (const one of added) lane.add(one);
      const taken = takeAll(lane);
      expect(taken.toSorted()).toEqual(added.map(({ key }) => key).toSorted());
      for (const namespace of new Set(namespaces)) {
        const own = taken.filter((key) => key.startsWith(`${namespace}/`));
        expect(own).toEqual(own.toSorted());
        const places = own.map((key) => taken.indexOf(key));
        const between = places.map((place, at) => taken.slice(place + 1, places[at + 1] ?? place + 1));
        for (const others of between) expect(new Set(others.map((key) => key[0])).size).toBe(others.length);
      }
    }),
  );
});
