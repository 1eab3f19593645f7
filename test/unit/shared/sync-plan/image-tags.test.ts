import { expect, test } from 'vitest';
import { changeImages } from '../../../../shared/sync-plan/image-tags.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  ['web', { name: 'web', newTag: '2' }, 'web:2'],
  ['web:1', { name: 'web', newTag: '2' }, 'web:2'],
  [`web:1@${DIGEST}`, { name: 'web', newTag: '2' }, 'web:2'],
  ['web:1', { name: 'web', digest: DIGEST }, `web@${DIGEST}`],
  ['web:1', { name: 'web', newTag: '2', digest: DIGEST }, `web:2@${DIGEST}`],
  ['web:1', { name: 'web', newName: 'registry:5000/web' }, 'registry:5000/web:1'],
  ['registry:5000/web', { name: 'registry:5000/web', newTag: '2' }, 'registry:5000/web:2'],
  ['web-other:1', { name: 'web', newTag: '2' }, 'web-other:1'],
  ['example.com/web:1', { name: 'web', newTag: '2' }, 'example.com/web:1'],
  ['web:1 or so', { name: 'web', newTag: '2' }, 'web:1 or so'],
])('%s with %j becomes %s', (image, change, expected) => {
  const spec = (of: string) => ({ containers: [{ name: 'c', image: of }] });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: spec(image) };
  expect(changeImages(pod, [change])['spec']).toEqual(spec(expected));
});

test('containers at any depth are changed, other images and definitions are not, and what stays is the same object', () => {
  const container = { name: 'c', image: 'web:1' };
  const object = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'a' },
    spec: { image: 'web:1', jobTemplate: { spec: { containers: [container], initContainers: [container, 7] } } },
  };
  const changes = [{ name: 'web', newTag: '2' }];
  expect(changeImages(object, changes)['spec']).toEqual({
    image: 'web:1',
    jobTemplate: {
      spec: { containers: [{ name: 'c', image: 'web:2' }], initContainers: [{ name: 'c', image: 'web:2' }, 7] },
    },
  });
  expect(changeImages(object, [{ name: 'other', newTag: '2' }])).toBe(object);
  const definition = { ...object, kind: 'CustomResourceDefinition' };
  expect(changeImages(definition, changes)).toBe(definition);
});
