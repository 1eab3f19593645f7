import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { EVENTS, NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { keySecret } from '../support/key-secret.ts';
import { conditionOf } from '../support/live-secrets.ts';
import { malformedSealedSecrets } from '../support/malformed-sealed-secrets.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';
import { FIRST_KEY } from '../support/test-keys.ts';

const NAMESPACE = 'shop';
const CANARY = 'canary-51d0e8a2';
const WAIT = { timeoutMs: 90_000, everyMs: 250 };

let cluster: SignetCluster;
let client: KubeClient;
let controller: ControllerProcess;

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = cluster.client;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await client.create(SECRETS, keySecret('signet-system', 'the-key', FIRST_KEY));
  controller = await cluster.startController({ flags: ['--key-renew-period', '0'] });
  await controller.ready();
});

afterAll(async () => {
  await cluster?.stop();
});

async function sealedAs(name: string): Promise<SealedSecret> {
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: NAMESPACE },
    stringData: { password: CANARY },
  };
  return sealSecret(secret, { certificate: await readCertificate(FIRST_KEY.certificatePem) });
}

async function sealedSecrets(): Promise<readonly SealedSecret[]> {
  return (await client.list(SEALED_SECRETS, { namespace: NAMESPACE })).items as readonly SealedSecret[];
}

test('350 malformed SealedSecrets are each decided on, and the good ones among them unseal', async () => {
  const bad = malformedSealedSecrets(await sealedAs('bad'), { count: 350, nameOf: (at) => `bad-${at}` });
  const good = await Promise.all([0, 1, 2, 3, 4].map((at) => sealedAs(`good-${at}`)));
  const refused: string[] = [];
  await runLimited([...bad, ...good], { limit: 16 }, async (object) => {
    await client.create(SEALED_SECRETS, object).catch((error: unknown) => {
      if (!isKubeError(error, 'KUBE_INVALID')) throw error;
      refused.push(object.metadata.name ?? '');
    });
  });
  const taken = bad.length + good.length - refused.length;
  expect(taken).toBeGreaterThan(300);
  await eventually(async () => {
    const objects = await sealedSecrets();
    const open = objects.filter((one) => !['True', 'False'].includes(conditionOf(one, 'Ready')?.status ?? ''));
    expect(open.map(({ metadata }) => metadata.name)).toEqual([]);
    expect(objects).toHaveLength(taken);
    const unsealed = objects.filter((one) => one.metadata.name?.startsWith('good-'));
    expect(unsealed.map((one) => conditionOf(one, 'Ready')?.status)).toEqual(good.map(() => 'True'));
  }, WAIT);
}, 180_000);

test('every one that does not unseal says why, with a reason of the list, and none is still being tried for nothing', async () => {
  const failing = (await sealedSecrets()).filter((one) => conditionOf(one, 'Ready')?.status === 'False');
  expect(failing.length).toBeGreaterThan(100);
  for (const one of failing) {
    const ready = conditionOf(one, 'Ready');
    expect(['KeyNotFound', 'WrongScope', 'Malformed', 'TemplateFailed', 'TypeRefused']).toContain(ready?.reason);
    expect(ready?.message).toMatch(/\S/);
    expect(conditionOf(one, 'Stalled')?.status).toBe('True');
  }
});

test('a good one that comes after them unseals, and the same process has done it all', async () => {
  await client.create(SEALED_SECRETS, await sealedAs('late'));
  await eventually(async () =>
    expect(await client.get(SECRETS, { namespace: NAMESPACE, name: 'late' })).not.toBeNull(),
  );
  process.kill(controller.pid, 0);
  const metrics = await (await fetch(`${controller.metricsUrl}/metrics`)).text();
  expect(metrics).not.toMatch(/signet_reconcile_total\{[^}]*result="panic"/);
});

test('one that is nested as deep as an API server takes it keeps nobody from being read, also after a restart', async () => {
  const { spec, ...deep } = await sealedAs('deep');
  let nested: unknown = 1;
  for (let level = 0; level < 9_000; level += 1) nested = [nested];
  const template = { ...spec.template, metadata: { 'a "quoted" name': nested } };
  await client.create(SEALED_SECRETS, { ...deep, spec: { ...spec, template } });
  const isThere = async (name: string): Promise<void> =>
    expect(await client.get(SECRETS, { namespace: NAMESPACE, name })).not.toBeNull();
  await client.create(SEALED_SECRETS, await sealedAs('after-deep'));
  await eventually(() => Promise.all(['deep', 'after-deep'].map(isThere)), WAIT);
  await controller.stop();
  await client.delete(SECRETS, { namespace: NAMESPACE, name: 'after-deep' });
  controller = await cluster.startController({ flags: ['--key-renew-period', '0'] });
  await controller.ready();
  await eventually(() => isThere('after-deep'), WAIT);
}, 240_000);

test('no value shows in log, events, status or metrics', async () => {
  const events = await client.list(EVENTS, { namespace: NAMESPACE });
  const metrics = await (await fetch(`${controller.metricsUrl}/metrics`)).text();
  const texts = [
    await readFile(cluster.controllerLog, 'utf8'),
    JSON.stringify(events),
    JSON.stringify((await sealedSecrets()).map(({ status }) => status)),
    metrics,
  ];
  const hidden = [CANARY, Buffer.from(CANARY).toString('base64').slice(0, 16)];
  expect(hidden.filter((one) => texts.some((text) => text.includes(one)))).toEqual([]);
});
