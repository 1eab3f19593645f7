import { expect, test } from 'vitest';
import { loadTree } from '../../../support/load-tree.ts';
import { render } from '../../../support/render-tree.ts';

test('a chart is one problem, with its templates and the charts inside of it', () => {
  const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
  const tree = loadTree({
    'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    'web/Chart.yaml': chart,
    'web/templates/x.yaml': '{{ broken',
    'web/charts/db/Chart.yaml': chart,
  });
  const { objects, problems } = render(tree);
  expect(objects.map(({ object }) => object.metadata.name)).toEqual(['a']);
  expect(problems).toEqual([
    {
      file: 'web/Chart.yaml',
      code: 'RENDER_HELM_CHART',
      message: 'this is a Helm chart, and those are not rendered',
      hint: 'render the chart with `helm template` in CI, and commit its output',
    },
  ]);
});

test('an object in a file of that name is no chart', () => {
  const tree = loadTree({ 'Chart.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' });
  expect(render(tree).problems).toEqual([]);
});

test('thousands of charts do not take for ever, and charts within charts are one problem', () => {
  const chart = 'apiVersion: v2\nname: x\nversion: 1.0.0\n';
  const beside = Array.from({ length: 20_000 }, (_, index) => [`charts/c${index}/Chart.yaml`, chart]);
  const { problems, objects } = render(loadTree({ ...Object.fromEntries(beside), 'charts/a.yaml': CONFIG_MAP }));
  expect([problems.length, objects.length]).toEqual([beside.length, 1]);
  const within = Array.from({ length: 300 }, (_, index) => [`${'c/'.repeat(index)}Chart.yaml`, chart]);
  expect(render(loadTree(Object.fromEntries(within))).problems.map(({ file }) => file)).toEqual(['Chart.yaml']);
}, 30_000);

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
