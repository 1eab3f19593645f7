import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { type Controller, composeController } from '../../../controller/compose.ts';
import { loadConfig } from '../../../controller/config/load-config.ts';
import { createLogger } from '../../../controller/logging/pino-logger.ts';
import { eventually } from '../../support/eventually.ts';
import { stubConnection } from '../shared/kube/stub-server.ts';

function compose(...more: readonly string[]): Controller {
  const flags = ['--listen-addr', '127.0.0.1:0', '--listen-metrics-addr', '127.0.0.1:0', ...more];
  const surroundings = { variables: {}, serviceAccountNamespace: undefined, version: 'v1' };
  const result = loadConfig(flags, surroundings);
  if (result.kind !== 'config') throw new Error('the flags are wrong');
  return composeController({
    config: result.config,
    connection: stubConnection('http://127.0.0.1:9'),
    logger: createLogger({ level: 'error', write: () => undefined }),
    now: () => new Date(),
    random: Math.random,
    processors: 1,
    version: 'v1',
    cacheDirectory: tmpdir(),
    gitVariables: {},
  });
}

test('a controller that cannot reach its cluster is alive, not ready, and can be stopped', async () => {
  const controller = compose();
  const { address } = await controller.start();
  expect((await fetch(`http://${address}/healthz`)).status).toBe(200);
  await eventually(async () => {
    const answer = await fetch(`http://${address}/readyz`);
    expect(answer.status).toBe(503);
    expect((await answer.text()).split('\n')).toEqual([
      'not ready',
      'sync: waits for a complete look at the GitSyncs',
      'unseal: waits for Secret "signet-digest-key" (KUBE_UNREACHABLE), the sealing keys, a complete look at SealedSecrets and Secrets (KUBE_UNREACHABLE)',
      'keys: waits for a complete look at the key Secrets (KUBE_UNREACHABLE)',
      '',
    ]);
  });
  await controller.stop();
  await expect(fetch(`http://${address}/healthz`)).rejects.toThrow();
});

test('a controller that is stopped while it starts leaves no port open', async () => {
  const controller = compose();
  const started = controller.start();
  await controller.stop();
  const { address, metricsAddress } = await started;
  await expect(fetch(`http://${address}/healthz`)).rejects.toThrow();
  await expect(fetch(`http://${metricsAddress}/metrics`)).rejects.toThrow();
});

test('webhooks have a port of their own, where one is asked for and GitSyncs are synced', async () => {
  const listening = compose('--webhook-listen-addr', '127.0.0.1:0');
  const { address, webhookAddress } = await listening.start();
  const post = { method: 'POST', body: '{}' };
  expect((await fetch(`http://${webhookAddress}/hooks/shop/app`, post)).status).toBe(503);
  expect((await fetch(`http://${webhookAddress}/v1/verify`, post)).status).toBe(405);
  expect((await fetch(`http://${address}/hooks/shop/app`, post)).status).toBe(405);
  await listening.stop();
  await expect(fetch(`http://${webhookAddress}/hooks/shop/app`, post)).rejects.toThrow();
  for (const flags of [[], ['--webhook-listen-addr', '127.0.0.1:0', '--no-sync']]) {
    const controller = compose(...flags);
    expect((await controller.start()).webhookAddress).toBeUndefined();
    await controller.stop();
  }
});
