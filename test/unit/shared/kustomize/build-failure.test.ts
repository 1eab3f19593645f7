import { expect, test } from 'vitest';
import type { KustomizationTree } from '../../../../shared/kustomization/kustomization-tree.ts';
import { describeFailure } from '../../../../shared/kustomize/build-failure.ts';

/** One kustomization with `count` folders of one file each. */
function treeOf(count: number): KustomizationTree {
  const file = (path: string) => ({ path, bytes: new Uint8Array() });
  const files = Array.from({ length: count }, (_, index) => file(`f${index}/a.yaml`));
  return { folder: '', keepsOrigins: false, files: [{ ...file('kustomization.yaml'), rewritten: '{}' }, ...files] };
}

test('the beginning and the end of what kustomize says count, however much stands between them', () => {
  const begin = "Error: accumulating resources from 'f1/a.yaml': ";
  const end = ': unable to parse SM or JSON patch from [x]';
  const words = describeFailure(`${begin}${'x'.repeat(100_000)}${end}`, treeOf(3), '/private/repository');
  expect(words).toMatchObject({
    file: 'f1/a.yaml',
    message: expect.stringContaining('neither a strategic merge patch'),
  });
});

test('what kustomize quotes of a hostile patch holds nobody up', () => {
  // Tried from each of its words to its end, such a text takes more than a minute.
  const hostile = ['yaml: line 1: ', 'path f1 ', "from 'a' ", 'a/'].map((word) => word.repeat(2_500_000 / word.length));
  const tree = treeOf(5_000);
  const start = performance.now();
  for (const text of hostile) {
    expect(describeFailure(`Error: [${text}]`, tree, '/private/repository').file).toBe('kustomization.yaml');
  }
  expect(performance.now() - start).toBeLessThan(30_000);
});
