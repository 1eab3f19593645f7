import { expect, test } from 'vitest';
import { waitFor } from '../../../../cli/connect/wait-for.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';

/** A clock that moves only when somebody sleeps. */
function createClock() {
  let now = 0;
  return {
    now: () => new Date(now),
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

test('waitFor gives the first answer that is not null', async () => {
  const answers = [null, null, 'answer'];
  expect(await waitFor(createClock(), 60_000, async () => answers.shift() ?? null)).toBe('answer');
});

test('waitFor gives null when the time is up, and has asked at least once', async () => {
  let asked = 0;
  const probe = async (): Promise<null> => {
    asked += 1;
    return null;
  };
  expect(await waitFor(createClock(), 0, probe)).toBeNull();
  expect(asked).toBe(1);
  expect(await waitFor(createClock(), 5_000, probe)).toBeNull();
  expect(asked).toBe(12);
});

test('waitFor goes on while the cluster is out of reach, and stops when it refuses', async () => {
  const failures = [new KubeError('KUBE_UNREACHABLE', ''), new KubeError('KUBE_SERVER_ERROR', '')];
  const probe = async (): Promise<string> => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return 'answer';
  };
  expect(await waitFor(createClock(), 60_000, probe)).toBe('answer');
  const refusing = async (): Promise<null> => {
    throw new KubeError('KUBE_FORBIDDEN', 'no');
  };
  await expect(waitFor(createClock(), 60_000, refusing)).rejects.toMatchObject({ code: 'KUBE_FORBIDDEN' });
});
