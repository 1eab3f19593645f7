import { describe, expect, it } from 'vitest';
import { KnownObjects } from '../../../../shared/kube/known-objects.ts';
import { CONFIG_MAPS, NAMESPACES } from '../../../../shared/kube/resource-type.ts';

const object = (name: string, uid: string, resourceVersion: string, namespace = 'shop') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, uid, resourceVersion },
});
const kinds = (events: readonly { kind: string }[]) => events.map((event) => event.kind);

describe('KnownObjects', () => {
  it('tells a new object as added, a new version as changed and the same version not at all', () => {
    const known = new KnownObjects(CONFIG_MAPS);
    expect(kinds(known.record(object('a', 'u1', '1')))).toEqual(['added']);
    expect(kinds(known.record(object('a', 'u1', '2')))).toEqual(['changed']);
    expect(kinds(known.record(object('a', 'u1', '2')))).toEqual([]);
  });

  it('tells another object of the same name as the end of the first', () => {
    const known = new KnownObjects(CONFIG_MAPS);
    known.record(object('a', 'u1', '1'));
    const events = known.record(object('a', 'u2', '5'));
    expect(events.map((event) => [event.kind, event.object.metadata.uid])).toEqual([
      ['removed', 'u1'],
      ['added', 'u2'],
    ]);
  });

  it('tells the end of a known object once', () => {
    const known = new KnownObjects(CONFIG_MAPS);
    known.record(object('a', 'u1', '1'));
    expect(kinds(known.remove(object('a', 'u1', '2')))).toEqual(['removed']);
    expect(kinds(known.remove(object('a', 'u1', '2')))).toEqual([]);
  });

  it('does not confuse objects of one name in two namespaces', () => {
    const known = new KnownObjects(CONFIG_MAPS);
    known.record(object('a', 'u1', '1', 'x'));
    expect(kinds(known.record(object('a', 'u2', '1', 'y')))).toEqual(['added']);
  });

  it('removes what a list no longer holds, with its last known identity', () => {
    const known = new KnownObjects(CONFIG_MAPS);
    known.record(object('a', 'u1', '1'));
    known.record(object('b', 'u2', '2'));
    const events = known.keepOnly(new Set(['shop/b']));
    expect(events).toEqual([
      {
        kind: 'removed',
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a', namespace: 'shop', uid: 'u1', resourceVersion: '1' },
        },
      },
    ]);
    expect(kinds(known.keepOnly(new Set(['shop/b'])))).toEqual([]);
  });

  it('leaves the namespace out for a cluster-scoped object', () => {
    const known = new KnownObjects(NAMESPACES);
    known.record({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', uid: 'u', resourceVersion: '1' } });
    expect(known.keepOnly(new Set())[0]?.object.metadata).toEqual({ name: 'x', uid: 'u', resourceVersion: '1' });
  });
});
