import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { openRendering } from '../../../../shared/sync/revision-renderer.ts';

/** `count` files of a little more than a MiB, with one object each. */
function largeFiles(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    path: `f${index}.yaml`,
    bytes: encodeUtf8(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${index}}\ndata: {x: ${'x'.repeat(1024 * 1024)}}\n`,
    ),
  }));
}

const client = {
  get: async () => {
    throw new Error('nothing is asked for');
  },
};

test('others have their turn while large files are rendered', async () => {
  const rendering = await openRendering({ client }, null);
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const { objects } = await rendering.render({ commit: '', files: largeFiles(5), problems: [], skipped: [] });
  isDone = true;
  expect(objects.map(({ object }) => object.metadata.name)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
  expect(turns).toBeGreaterThanOrEqual(5);
});

test('a rendering that nobody waits for any more ends between two files', async () => {
  const rendering = await openRendering({ client }, null);
  const signal = AbortSignal.abort(new Error('no longer wanted'));
  const attempt = rendering.render({ commit: '', files: largeFiles(2), problems: [], skipped: [] }, signal);
  await expect(attempt).rejects.toThrow('no longer wanted');
});
