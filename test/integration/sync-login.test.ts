import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { startGitServer } from '../support/git-server.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

const RIGHT = `Basic ${Buffer.from('me:right').toString('base64')}`;

test('a login that comes, and one that is mended, counts without waiting for the interval', async () => {
  const world = await createSyncWorld();
  const { client, namespace, repository } = world;
  const server = await startGitServer(path.dirname(repository.folder), { isAllowed: (sent) => sent === RIGHT });
  onTestFinished(() => server.stop());
  const commit = await repository.commit({ 'a.yaml': configMap('a', '1') });
  const url = `http://127.0.0.1:${server.port}/${path.basename(repository.folder)}`;
  await world.createGitSync('app', {
    interval: '1h',
    retryInterval: '1h',
    source: { url, secretRef: { name: 'login' } },
  });
  await world.startEngine();
  await world.untilReason('app', 'CredentialsInvalid');
  const login = { namespace, name: 'login' };
  const stringData = { username: 'me', password: 'wrong' };
  await client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: login, stringData });
  await world.untilReason('app', 'AuthFailed');
  await client.mergePatch(SECRETS, login, { stringData: { password: 'right' } });
  await world.untilReason('app', 'Applied', commit);
  expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull();
});
