import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { type ProgramRun, runProgram } from '../../../../shared/git/run-program.ts';
import { eventually } from '../../../support/eventually.ts';

function shell(script: string, overrides: Partial<ProgramRun> = {}): Promise<unknown> {
  const run = { program: '/bin/sh', args: ['-c', script], env: { PATH: '/bin:/usr/bin' }, cwd: '/', timeoutMs: 60_000 };
  return runProgram({ ...run, maxMemoryBytes: 512 * 1024 * 1024, ...overrides });
}

test('runProgram gives exit code, output and errors of a program that ends by itself', async () => {
  const outcome = await shell('cat; echo problem >&2; exit 3', { stdin: 'input' });
  expect(outcome).toMatchObject({ exitCode: 3, stderr: 'problem\n' });
  expect((outcome as { stdout: Buffer }).stdout.toString()).toBe('input');
});

test('runProgram passes on no variable but those given', async () => {
  const outcome = (await shell('env')) as { stdout: Buffer };
  const names = outcome.stdout
    .toString()
    .split('\n')
    .map((line) => line.split('=')[0]);
  expect(names).not.toContain('HOME');
  expect(names).toContain('PATH');
});

test('runProgram does not mind a program that does not read its input', async () => {
  expect(await shell('exit 0', { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 0 });
});

test('runProgram ends the whole group at the deadline', async () => {
  const pids: string[] = [];
  const onOutput = (chunk: Buffer): void => {
    pids.push(...chunk.toString().trim().split('\n'));
  };
  const attempt = shell('sleep 100 & echo $!; wait', { timeoutMs: 300, onOutput });
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_TIMEOUT' });
  await eventually(() => expect(() => process.kill(Number(pids[0]), 0)).toThrow());
});

test('runProgram does not wait for a helper that left the group and holds the output open', async () => {
  const attempt = shell('setsid sleep 3 & wait', { timeoutMs: 300 });
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_TIMEOUT' });
});

test('runProgram stops at too much output', async () => {
  const attempt = shell('while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done', { maxOutputBytes: 10_000 });
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_TREE_TOO_LARGE' });
});

test('runProgram keeps the end of the errors only', async () => {
  const outcome = (await shell(
    'i=0; while [ $i -lt 5000 ]; do echo "line $i of some length" >&2; i=$((i+1)); done',
  )) as { stderr: string };
  expect(outcome.stderr.length).toBeLessThanOrEqual(64 * 1024);
  expect(outcome.stderr).toMatch(/line 4999 of some length\n$/);
});

test('runProgram ends with the reason of its signal', async () => {
  const controller = new AbortController();
  const reason = new Error('stopping');
  const attempt = shell('echo started; sleep 100', {
    signal: controller.signal,
    onOutput: () => controller.abort(reason),
  });
  await expect(attempt).rejects.toBe(reason);
});

test('runProgram ends with what the receiver of the output throws', async () => {
  const failure = new Error('bad output');
  const attempt = shell('echo x; sleep 100', {
    onOutput: () => {
      throw failure;
    },
  });
  await expect(attempt).rejects.toBe(failure);
});

test('runProgram tells a missing program from a missing folder', async () => {
  await expect(shell('', { program: 'no-such-program-anywhere' })).rejects.toMatchObject({ code: 'GIT_MISSING' });
  await expect(shell('exit 0', { cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'GIT_FAILED' });
});

test('runProgram leaves no listener on a signal that outlives it', async () => {
  const { signal } = new AbortController();
  await shell('exit 0', { signal });
  await shell('sleep 100', { signal, timeoutMs: 100 }).catch(() => undefined);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test.skipIf(process.platform !== 'linux')('runProgram ends a group that takes too much memory together', async () => {
  const helper = `node -e "const kept = Buffer.alloc(100_000_000, 1); setTimeout(() => kept, 20_000)"`;
  const attempt = shell(`${helper} & ${helper} & wait`, {
    env: { PATH: process.env['PATH'] ?? '' },
    maxMemoryBytes: 180_000_000,
    timeoutMs: 30_000,
  });
  await expect(attempt).rejects.toMatchObject({
    code: 'GIT_TREE_TOO_LARGE',
    message: expect.stringContaining('memory'),
  });
});

test('runProgram ends a program that never stops talking', async () => {
  const attempt = shell('while :; do echo "remote: more and more and more and more" >&2; done', { timeoutMs: 60_000 });
  await expect(attempt).rejects.toMatchObject({
    code: 'GIT_TREE_TOO_LARGE',
    message: expect.stringContaining('4 MiB'),
  });
}, 90_000);
