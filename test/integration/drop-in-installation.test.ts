import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { CONFIG_MAPS, EVENTS, NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_LABEL, KEYS_CONFIG_MAP, PATCH_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { type ControlPlane, requestToken, startControlPlane } from '../control-plane/control-plane.ts';
import { readEnvironment } from '../control-plane/environment.ts';
import { findTwoFreePorts } from '../control-plane/free-port.ts';
import { type ManagedProcess, type Supervisor, startSupervisor } from '../control-plane/supervisor.ts';
import { findNamespaceObstacle, runInCluster } from '../peers/in-cluster-process.ts';
import { eventually } from '../support/eventually.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf, ownerFor, versionsOf } from '../support/live-secrets.ts';
import { installPeerDefinition } from '../support/peer-crd.ts';
import {
  INSTALLATION_NAME,
  INSTALLATION_NAMESPACE,
  installAccount,
  installationArguments,
} from '../support/peer-installation.ts';
import { secondCertificate, secretOf } from '../support/test-secrets.ts';

// Signet's program in the place of the other one: the Deployment's arguments, account, rights and definition stay as they are.
const PROGRAM = fileURLToPath(new URL('../../controller/main.ts', import.meta.url));
const NS = 'shop';
const obstacle = await findNamespaceObstacle(readEnvironment(), 'a program that is told of its cluster as in a Pod');

let controlPlane: ControlPlane;
let client: KubeClient;
let supervisor: Supervisor;
let token: string;
let controller: ManagedProcess;
let url: string;
let metricsUrl: string;
let starts = 0;

beforeEach((context) => context.skip(obstacle !== undefined, obstacle ?? ''));

beforeAll(async () => {
  if (obstacle !== undefined) return;
  controlPlane = await startControlPlane();
  client = createKubeClient(await loadKubeconfig({ path: controlPlane.kubeconfigPath, env: {} }));
  await installPeerDefinition(controlPlane);
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } });
  await installAccount(client);
  token = await requestToken(controlPlane, INSTALLATION_NAMESPACE, INSTALLATION_NAME);
  supervisor = await startSupervisor(readEnvironment());
  await startController();
});

afterAll(async () => {
  await supervisor?.end();
  client?.close();
  await controlPlane?.stop();
});

async function startController(): Promise<void> {
  const [port, metricsPort] = await findTwoFreePorts();
  [url, metricsUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${metricsPort}`];
  starts += 1;
  controller = await runInCluster(supervisor, {
    name: `controller-${starts}`,
    access: controlPlane,
    namespace: INSTALLATION_NAMESPACE,
    token,
    words: [process.execPath, PROGRAM, ...installationArguments(port, metricsPort)],
    variables: { SEALED_SECRETS_KEY_SIZE: '2048', TMPDIR: supervisor.directory },
  });
  await eventually(
    async () => {
      if (controller.endedHow !== undefined) throw new Error(await controller.log());
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    },
    { timeoutMs: 60_000 },
  );
}

const metrics = async () => (await fetch(`${metricsUrl}/metrics`)).text();
const certificate = async () => readCertificate(await (await fetch(`${url}/v1/cert.pem`)).text());

async function create(
  name: string,
  password: string,
  to?: Awaited<ReturnType<typeof certificate>>,
): Promise<SealedSecret> {
  const secret = secretOf({ password }, { metadata: { name, namespace: NS } });
  const sealed = await sealSecret(secret, { certificate: to ?? (await certificate()) });
  return (await client.create(SEALED_SECRETS, sealed)) as SealedSecret;
}

async function untilSynced(name: string, truth: 'True' | 'False'): Promise<SealedSecret> {
  return eventually(async () => {
    const sealed = (await client.get(SEALED_SECRETS, { namespace: NS, name })) as SealedSecret;
    const isCurrent = sealed.status?.observedGeneration === sealed.metadata.generation;
    if (!isCurrent || conditionOf(sealed, 'Synced')?.status !== truth) throw new Error(JSON.stringify(sealed.status));
    return sealed;
  });
}

test('the probes of every version of the Deployment find it well', async () => {
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('a key was made in the namespace of the account, with the labels and the size that the installation asks for', async () => {
  const { items } = await client.list(SECRETS, { namespace: INSTALLATION_NAMESPACE, labelSelector: KEY_LABEL });
  expect(items.map(({ metadata }) => [metadata.labels, metadata.annotations])).toEqual([
    [
      expect.objectContaining({ team: 'platform', [KEY_LABEL]: 'active' }),
      expect.objectContaining({ 'example.com/contact': 'platform' }),
    ],
  ]);
  expect((await certificate()).modulusBits).toBe(2048);
});

test('a SealedSecret becomes a Secret, with an event and a status that is updated, not patched', async () => {
  const sealed = await create('db', 'first');
  await untilSynced('db', 'True');
  const secret = await client.get(SECRETS, { namespace: NS, name: 'db' });
  expect(secret).toMatchObject({ data: encoded({ password: 'first' }) });
  expect(secret?.metadata.ownerReferences).toEqual([ownerFor(sealed)]);
  await eventually(async () => {
    const { items } = await client.list(EVENTS, { namespace: NS, fieldSelector: 'involvedObject.name=db' });
    expect(items.map((event) => event['reason'])).toEqual(['Unsealed']);
  });
});

test('an edited SealedSecret, and a Secret that was edited or deleted, are put right', async () => {
  const secret = { namespace: NS, name: 'db' };
  const holds = (password: string) =>
    eventually(async () => expect(await client.get(SECRETS, secret)).toMatchObject({ data: encoded({ password }) }));
  const edited = await sealSecret(secretOf({ password: 'second' }, { metadata: secret }), {
    certificate: await certificate(),
  });
  await client.mergePatch(SEALED_SECRETS, secret, { spec: edited.spec });
  await holds('second');
  expect((await untilSynced('db', 'True')).status?.observedGeneration).toBe(2);
  await client.mergePatch(SECRETS, secret, { data: encoded({ password: 'by hand' }) });
  await holds('second');
  await client.delete(SECRETS, secret);
  await holds('second');
});

test('a Secret to be patched is updated whole, and keeps what is its own', async () => {
  await client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: NS, name: 'shared', annotations: { [PATCH_ANNOTATION]: 'true' } },
    data: encoded({ own: 'stays' }),
  });
  await create('shared', 'added');
  await untilSynced('shared', 'True');
  const secret = await client.get(SECRETS, { namespace: NS, name: 'shared' });
  expect(secret).toMatchObject({ data: encoded({ own: 'stays', password: 'added' }) });
  expect(secret?.metadata.ownerReferences).toBeUndefined();
});

test('the metrics that alerts and dashboards read are there under their names', async () => {
  await create('foreign', 'never', secondCertificate);
  await untilSynced('foreign', 'False');
  await fetch(`${url}/v1/verify`, { method: 'POST', body: 'no SealedSecret' });
  const info = (name: string) =>
    `sealed_secrets_controller_condition_info{namespace="${NS}",name="${name}",condition="Synced",ss_app_kubernetes_io_instance=""}`;
  await eventually(async () => {
    const lines = (await metrics()).split('\n').filter((line) => line.startsWith('sealed_secrets_controller_'));
    expect(lines).toContainEqual(
      expect.stringMatching(/^sealed_secrets_controller_build_info\{revision="v[^"]+"\} 1$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^sealed_secrets_controller_unseal_requests_total [1-9]/));
    for (const reason of ['fetch', 'status', 'unmanaged', 'update']) {
      expect(lines).toContain(`sealed_secrets_controller_unseal_errors_total{reason="${reason}",namespace="${NS}"} 0`);
    }
    const failed = `sealed_secrets_controller_unseal_errors_total{reason="unseal",namespace="${NS}"} `;
    expect(lines.find((line) => line.startsWith(failed))).toMatch(/ [1-9]\d*$/);
    expect(lines).toContain(`${info('db')} 1`);
    expect(lines).toContain(`${info('foreign')} -1`);
    const get = 'sealed_secrets_controller_http_requests_total{path="/v1/cert.pem",code="200",method="get"} ';
    expect(lines).toContainEqual(expect.stringContaining(get));
    expect(lines).toContainEqual(
      expect.stringMatching(/^sealed_secrets_controller_http_requests_total\{path="\/v1\/verify",.*method="post"\} 1$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^sealed_secrets_controller_http_request_duration_seconds_bucket\{.*path="\/v1\/cert.pem"/),
    );
  });
  await client.delete(SEALED_SECRETS, { namespace: NS, name: 'foreign' });
  await eventually(async () => expect(await metrics()).not.toContain(info('foreign')));
});

test('the signal that asks the other controller for a key asks this one, and opens no debugger', async () => {
  const before = await (await fetch(`${url}/v1/cert.pem`)).text();
  process.kill(controller.pid, 'SIGUSR1');
  await eventually(async () => expect(await (await fetch(`${url}/v1/cert.pem`)).text()).not.toBe(before));
  const { items } = await client.list(SECRETS, { namespace: INSTALLATION_NAMESPACE, labelSelector: KEY_LABEL });
  expect(items).toHaveLength(2);
  expect(await controller.log()).not.toMatch(/debugger/i);
  await create('after', 'sealed to the new key');
  await untilSynced('after', 'True');
});

test('what the rights do not allow is said once, and nothing else is missing', async () => {
  const log = await controller.log();
  for (const line of log.trim().split('\n')) expect(line).toMatch(/^time=\S+ level=(INFO|WARN) msg=/);
  expect(log.match(/cannot publish the sealing keys/g)).toHaveLength(1);
  expect(log.match(/status is replaced whole/g)).toHaveLength(1);
  expect(log.match(/GitSync is not installed/g)).toHaveLength(1);
  expect(log.match(/kubeclient-qps has no effect/g)).toHaveLength(1);
  expect(await client.get(CONFIG_MAPS, { namespace: INSTALLATION_NAMESPACE, name: KEYS_CONFIG_MAP })).toBeNull();
});

test('a restart makes no key and writes no Secret', async () => {
  await controller.kill('SIGTERM');
  const before = {
    keys: await versionsOf(client, SECRETS, INSTALLATION_NAMESPACE),
    secrets: await versionsOf(client, SECRETS, NS),
    events: await versionsOf(client, EVENTS, NS),
  };
  await startController();
  await eventually(async () => {
    expect(await metrics()).toMatch(/signet_reconcile_total\{kind="SealedSecretStatus",result="settled"\} [3-9]/);
  });
  expect({
    keys: await versionsOf(client, SECRETS, INSTALLATION_NAMESPACE),
    secrets: await versionsOf(client, SECRETS, NS),
    events: await versionsOf(client, EVENTS, NS),
  }).toEqual(before);
}, 120_000);
