import { expect, test } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { configMap } from '../support/manifests.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

const RIGHT = `Basic ${Buffer.from('me:right').toString('base64')}`;

test('a login that comes, and one that is mended, counts without waiting for the interval', async () => {
  const world = await createSyncWorld();
  const { client, namespace, repository } = world;
  const url = await servedUrl(world, { isAllowed: (sent) => sent === RIGHT });
  const commit = await repository.commit({ 'a.yaml': configMap('a', '1') });
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
