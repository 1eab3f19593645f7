import { expect, inject, test } from 'vitest';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { exposeController } from '../support/expose-controller.ts';
import { prepareKubeseal } from '../support/kubeseal.ts';
import { usePeers } from '../support/peers.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { createUnsealWorld } from '../support/unseal-world.ts';

const peers = await usePeers('kubeseal');

test('kubeseal fetches the whole chain of a key that was brought, and what it seals to it opens', async (context) => {
  const kubeseal = await prepareKubeseal(peers.pathOf('kubeseal'));
  context.onTestFinished(() => kubeseal.stop());
  const world = await createUnsealWorld([]);
  const chain = FIRST_KEY.certificatePem + SECOND_KEY.certificatePem;
  await world.addKey('brought', { ...FIRST_KEY, certificatePem: chain });
  const controller = await world.start();
  const connection = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  const { headers } = await connection.credentials();
  const adminToken = String(headers['authorization']).replace('Bearer ', '');
  const access = { server: connection.server, caPem: connection.caPem ?? '', adminToken };
  await exposeController(access, world.keyNamespace, controller);
  const place = ['--controller-name', 'signet-controller', '--controller-namespace', world.keyNamespace];
  const fetched = await kubeseal.run(['--fetch-cert', '--kubeconfig', inject('kubeconfig'), ...place]);
  expect(fetched).toBe(chain);
  const cert = await kubeseal.write('fetched.pem', fetched);
  const metadata = { name: 'db', namespace: world.namespace };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: 'p' } } as const;
  await world.create(await kubeseal.seal(secret, cert));
  await world.untilValues({ password: 'p' });
});
