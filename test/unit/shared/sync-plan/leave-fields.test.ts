import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { leaveFields } from '../../../../shared/sync-plan/leave-fields.ts';

const containers = (image: string) => [
  { name: 'side', image: 'side:1' },
  { name: 'web', image },
];
const wanted: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, containers: containers('web:git'), args: ['a', 'b'] },
};
const item = (name: string) => `k:${JSON.stringify({ name })}`;
const own = { manager: 'signet-sync', operation: 'Apply' };

function live(spec: unknown, ...managedFields: unknown[]): KubeObject {
  return { ...wanted, metadata: { name: 'web', managedFields }, spec };
}

test('the live value is sent while Signet alone owns the field, since the server would remove it', () => {
  const object = live({ replicas: 5 }, { ...own, fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
  expect(leaveFields(wanted, [['spec', 'replicas']], object)['spec']).toMatchObject({ replicas: 5 });
});

test('nothing is sent once somebody else owns the field, too', () => {
  const fieldsV1 = { 'f:spec': { 'f:replicas': {} } };
  const object = live({ replicas: 5 }, { ...own, fieldsV1 }, { manager: 'hpa', operation: 'Update', fieldsV1 });
  expect(leaveFields(wanted, [['spec', 'replicas']], object)['spec']).not.toHaveProperty('replicas');
});

test('a field that Git dropped stays while Signet alone owns it', () => {
  const object = live({ paused: true }, { ...own, fieldsV1: { 'f:spec': { 'f:paused': {} } } });
  expect(leaveFields(wanted, [['spec', 'paused']], object)['spec']).toMatchObject({ paused: true });
});

test('an item of a list is found by its key, wherever it stands in the live list', () => {
  const fieldsV1 = {
    'f:spec': {
      'f:containers': { [item('web')]: { '.': {}, 'f:name': {}, 'f:image': {} }, [item('side')]: { '.': {} } },
    },
  };
  const object = live(
    { containers: [{ name: 'injected' }, ...containers('web:live').toReversed()] },
    { ...own, fieldsV1 },
  );
  const path = ['spec', 'containers', '1', 'image'];
  expect(leaveFields(wanted, [path], object)['spec']).toMatchObject({ containers: containers('web:live') });
});

test('an item that is not there yet is sent whole', () => {
  const fieldsV1 = { 'f:spec': { 'f:containers': { [item('side')]: { '.': {} } } } };
  const object = live({ containers: [{ name: 'side' }] }, { ...own, fieldsV1 });
  const path = ['spec', 'containers', '1', 'image'];
  expect(leaveFields(wanted, [path], object)['spec']).toMatchObject({ containers: containers('web:git') });
});

test('of a list that is owned as a whole the live value stands in at its position', () => {
  const object = live({ args: ['a', 'live'] }, { ...own, fieldsV1: { 'f:spec': { 'f:args': {} } } });
  expect(leaveFields(wanted, [['spec', 'args', '1']], object)['spec']).toMatchObject({ args: ['a', 'live'] });
});

test('a path that leads nowhere changes nothing', () => {
  const paths = [
    ['spec', 'containers', '7', 'image'],
    ['spec', 'replicas', 'deeper'],
    ['spec', 'containers', '-'],
  ];
  expect(leaveFields(wanted, paths, live({}))).toEqual(wanted);
});

test('who owns the object is said whatever is ignored', () => {
  const owned = (owner: string | undefined): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'a',
      annotations: { ...(owner === undefined ? {} : { 'signet.dev/git-sync': owner }), note: 'x' },
    },
  });
  for (const live of [owned('other/app'), owned(undefined)]) {
    const left = leaveFields(owned('shop/app'), [['metadata', 'annotations']], live);
    expect(left.metadata.annotations?.['signet.dev/git-sync']).toBe('shop/app');
  }
});
