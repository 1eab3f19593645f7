import { expect, test } from 'vitest';
import { runExclusively } from '../../../../shared/git/exclusive.ts';

test('runExclusively runs tasks of one key one after the other, also after a failure', async () => {
  const log: string[] = [];
  const task =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} starts`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    runExclusively('k', task('a', true)),
    runExclusively('k', task('b')),
    runExclusively('k', task('c')),
  ]);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
});

test('runExclusively lets tasks of different keys run at once', async () => {
  const release = Promise.withResolvers<void>();
  const waiting = runExclusively('one', () => release.promise);
  expect(await runExclusively('other', async () => 'done')).toBe('done');
  release.resolve();
  await waiting;
});
