import { mkdir, readdir, utimes } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LIVENESS_SOCKET, sweepLeftovers } from '../../control-plane/sweep-leftovers.ts';
import { temporaryFolder } from './release-server.ts';

async function makeFolder(parent: string, name: string, ageMs: number): Promise<string> {
  const folder = path.join(parent, name);
  await mkdir(folder);
  const at = new Date(Date.now() - ageMs);
  await utimes(folder, at, at);
  return folder;
}

test('sweepLeftovers removes abandoned folders and nothing else', async () => {
  const parent = await temporaryFolder();
  const hour = 3_600_000;
  await makeFolder(parent, 'signet-run-abandoned', hour);
  await makeFolder(parent, 'signet-run-being-made', 0);
  await makeFolder(parent, 'somebody-elses', hour);
  const live = await makeFolder(parent, 'signet-run-live', 0);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path.join(live, LIVENESS_SOCKET), resolve));
  onTestFinished(() => void server.close());
  await utimes(live, new Date(Date.now() - hour), new Date(Date.now() - hour));
  await sweepLeftovers(parent);
  expect((await readdir(parent)).toSorted()).toEqual(['signet-run-being-made', 'signet-run-live', 'somebody-elses']);
});

test('sweepLeftovers does not mind a folder that is not there', async () => {
  await expect(sweepLeftovers(path.join(await temporaryFolder(), 'none'))).resolves.toBeUndefined();
});
