import { expect, test } from 'vitest';
import { sleep } from '../../../../cli/terminal/sleep.ts';

const LONG_MS = 3_600_000;

test('a pause ends with the reason of an interrupt, also of one that came before it', async () => {
  const abort = new AbortController();
  const reason = new Error('interrupted');
  const running = sleep(LONG_MS, abort.signal);
  abort.abort(reason);
  await expect(running).rejects.toBe(reason);
  await expect(sleep(LONG_MS, abort.signal)).rejects.toBe(reason);
});

test('a pause that nobody interrupts is over by itself, and leaves nothing behind', async () => {
  const { signal } = new AbortController();
  await expect(sleep(1, signal)).resolves.toBeUndefined();
});
