import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { type ControllerProcess, startControllerProcess } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf } from '../support/live-secrets.ts';
import { secretOf } from '../support/test-secrets.ts';

// With the rights of manifests/namespaced and nothing more; the tests tell one story in order.
const MANIFESTS = fileURLToPath(new URL('../../manifests/namespaced', import.meta.url));
const OWN = 'signet-system';
/** A controller starts from its sources and makes a key, or its watches come back to what they were refused. */
const PATIENT = { timeoutMs: 60_000 };

let controlPlane: ControlPlane;
let client: KubeClient;
let folder: string;
let controller: ControllerProcess;
let certificate: SealingCertificate;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-namespaced-'));
  controlPlane = await startControlPlane();
  client = createKubeClient(await loadKubeconfig({ path: controlPlane.kubeconfigPath, env: {} }));
  await kubectl('apply', '--server-side', '-k', MANIFESTS);
  for (const name of ['shop', 'closed', 'elsewhere']) await makeNamespace(name);
  await grant('shop');
  await startController('--additional-namespaces=shop,closed,later');
  certificate = await eventually(async () => {
    const answer = await fetch(`${controller.url}/v1/cert.pem`);
    expect(answer.status).toBe(200);
    return readCertificate(await answer.text());
  }, PATIENT);
});

afterAll(async () => {
  await controller?.stop();
  client?.close();
  await controlPlane?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function kubectl(...words: readonly string[]): Promise<void> {
  await promisify(execFile)(controlPlane.kubectlPath, ['--kubeconfig', controlPlane.kubeconfigPath, ...words]);
}

/** As users are told to do it. */
const grant = (namespace: string) => kubectl('apply', '-n', namespace, '-k', path.join(MANIFESTS, 'unsealer'));

async function startController(flag: string): Promise<void> {
  controller = await startControllerProcess({
    kubeconfig: await controlPlane.serviceAccountKubeconfig(OWN, 'signet-controller'),
    namespace: OWN,
    cacheFolder: folder,
    logFile: path.join(folder, 'controller.log'),
    flags: ['--no-sync', '--all-namespaces=false', '--key-size=2048', flag],
  });
}

async function makeNamespace(name: string): Promise<void> {
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

async function create(namespace: string, name = 'db'): Promise<void> {
  const secret = secretOf({ password: `for ${namespace}` }, { metadata: { name, namespace } });
  await client.create(SEALED_SECRETS, await sealSecret(secret, { certificate }));
}

async function untilUnsealed(namespace: string, name = 'db'): Promise<void> {
  await eventually(async () => {
    const sealed = (await client.get(SEALED_SECRETS, { namespace, name })) as SealedSecret;
    expect(conditionOf(sealed, 'Synced')?.status).toBe('True');
  }, PATIENT);
  expect(await client.get(SECRETS, { namespace, name })).toMatchObject({
    data: encoded({ password: `for ${namespace}` }),
  });
}

/** Nobody has touched the object of a namespace that is none of the controller's. */
async function expectUntouched(namespace: string): Promise<void> {
  expect((await client.get(SEALED_SECRETS, { namespace, name: 'db' }))?.['status']).not.toHaveProperty('conditions');
  expect(await client.get(SECRETS, { namespace, name: 'db' })).toBeNull();
}

const log = () => readFile(path.join(folder, 'controller.log'), 'utf8');
const readyz = async () => (await fetch(`${controller.url}/readyz`)).status;

test('SealedSecrets are unsealed in the own namespace and in the others that are named, and nowhere else', async () => {
  for (const namespace of ['elsewhere', 'shop', OWN]) await create(namespace);
  await untilUnsealed('shop');
  await untilUnsealed(OWN);
  await expectUntouched('elsewhere');
}, 180_000);

test('namespaces that cannot be read are named in the log, once each, and keep the controller from calling itself ready', async () => {
  for (const namespace of ['closed', 'later']) {
    await eventually(async () => {
      const text = await log();
      expect(
        text.match(new RegExp(`level=WARN msg="cannot watch SealedSecrets in namespace .*${namespace}`, 'g')),
      ).toHaveLength(1);
    });
  }
  expect(await readyz()).toBe(503);
  const metrics = await (await fetch(`${controller.metricsUrl}/metrics`)).text();
  expect(metrics).toMatch(/unseal_errors_total\{reason="fetch",namespace=""\} [1-9]/);
});

test('a namespace that appears later is picked up, and so is one that is opened later', async () => {
  await makeNamespace('later');
  await create('later');
  await create('closed');
  await grant('later');
  await untilUnsealed('later');
  expect(await readyz()).toBe(503);
  await grant('closed');
  await untilUnsealed('closed');
  await eventually(async () => expect(await readyz()).toBe(200), PATIENT);
}, 180_000);

test('with --all-namespaces=false alone only the own namespace is looked at', async () => {
  await controller.stop();
  await startController('--additional-namespaces=');
  await eventually(async () => expect(await readyz()).toBe(200), PATIENT);
  await create('shop', 'second');
  await create(OWN, 'second');
  await untilUnsealed(OWN, 'second');
  expect(await client.get(SECRETS, { namespace: 'shop', name: 'second' })).toBeNull();
  await expectUntouched('elsewhere');
}, 180_000);
