import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  EVENTS,
  NAMESPACES,
  SEALED_SECRETS,
  SECRETS,
} from '../../shared/kube/resource-type.ts';
import { readKeyList } from '../../shared/resources/key-list.ts';
import { KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import type { SealedSecret, SecretTemplate } from '../../shared/resources/sealed-secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { keySecret } from '../support/key-secret.ts';
import { conditionsOf, versionsOf } from '../support/live-secrets.ts';
import { rbacType } from '../support/resource-types.ts';
import { installManifests, type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';
import { secondCertificate, secretOf } from '../support/test-secrets.ts';

const OWN = 'signet-system';
const NS = 'shop';
const CANARY = 'canary-7f3b';
/** Of what waits for the start of a program. */
const LONG = { timeoutMs: 90_000 };

let cluster: SignetCluster;
let client: KubeClient;
let controller: ControllerProcess;

/** The unsealer alone, with the rights of its own roles: the binding of the sync engine is taken away. */
const startUnsealer = async () => {
  controller = await cluster.startController({ flags: ['--no-sync', '--key-size', '2048', '--log-level', 'debug'] });
  await controller.ready();
};

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = cluster.client;
  await client.delete(rbacType('ClusterRoleBinding'), { name: 'signet-sync' });
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } });
  await startUnsealer();
});

afterAll(async () => {
  await cluster?.stop();
});

async function certificate(): Promise<SealingCertificate> {
  const keys = await client.get(CONFIG_MAPS, { namespace: OWN, name: KEYS_CONFIG_MAP });
  return readCertificate(keys === null ? '' : (readKeyList(keys)?.certificatesPem ?? ''));
}

async function create(name: string, template?: SecretTemplate, to?: SealingCertificate): Promise<void> {
  const secret = secretOf(
    { '.dockerconfigjson': `${CANARY}-${name}`, password: `${CANARY}-${name}` },
    { metadata: { name, namespace: NS } },
  );
  const sealed = await sealSecret(secret, { certificate: to ?? (await certificate()) });
  await client.create(SEALED_SECRETS, {
    ...sealed,
    spec: { ...sealed.spec, ...(template === undefined ? {} : { template }) },
  } as SealedSecret);
}

/** How many objects `signet-keys` knows of, whether their key is here or not. */
async function countedObjects(): Promise<number> {
  const keys = await client.get(CONFIG_MAPS, { namespace: OWN, name: KEYS_CONFIG_MAP });
  const list = keys === null ? null : readKeyList(keys);
  const counts = [list?.unopened, ...(list?.keys ?? []).map(({ objects }) => objects)];
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** The versions of all that a controller writes. Of `signet-keys` the text: counts are left out until they are known again. */
async function everythingWritten() {
  const { [KEYS_CONFIG_MAP]: _, ...configMaps } = await versionsOf(client, CONFIG_MAPS, OWN);
  const published = await client.get(CONFIG_MAPS, { namespace: OWN, name: KEYS_CONFIG_MAP });
  return {
    sealed: await versionsOf(client, SEALED_SECRETS, NS),
    secrets: await versionsOf(client, SECRETS, NS),
    keys: await versionsOf(client, SECRETS, OWN),
    configMaps,
    published: published?.['data'],
    events: await eventVersions(),
  };
}

const readyConditions = () => conditionsOf(client, NS, 'Ready');
const metrics = async () => (await fetch(`${controller.metricsUrl}/metrics`)).text();
const looksAt = async (kind: string, result: string): Promise<number> => {
  const [, count] =
    new RegExp(`^signet_reconcile_total\\{kind="${kind}",result="${result}"\\} (\\d+)$`, 'm').exec(await metrics()) ??
    [];
  return Number(count ?? 0);
};
const eventVersions = () => versionsOf(client, EVENTS, NS);

test('the unsealer does all of its work with the rights of its own roles', async () => {
  await client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'blocked', namespace: NS } });
  await create('good');
  await create('foreign', undefined, secondCertificate);
  await create('refused', { type: 'kubernetes.io/dockerconfigjson' });
  await create('templated', { data: { url: `{{ fail "${CANARY.slice(0, 6)}" }}` } });
  await create('blocked');
  await eventually(async () => expect(Object.keys(await readyConditions())).toHaveLength(5));
  await eventually(async () => {
    expect(await readyConditions()).toEqual({
      blocked: 'False 1',
      foreign: 'False 1',
      good: 'True 1',
      refused: 'False 1',
      templated: 'False 1',
    });
    expect(Object.keys(await eventVersions())).toHaveLength(5);
  });
  const log = await readFile(cluster.controllerLog, 'utf8');
  expect(log).not.toMatch(/forbidden/i);
});

test('after a restart objects that are unchanged, failing ones included, cause no event, no write and no decryption', async () => {
  // What needs which key is told a moment after it is known.
  await eventually(async () => expect(await countedObjects()).toBe(5));
  const before = await everythingWritten();
  expect(await controller.stop()).toBe(0);
  await startUnsealer();
  await eventually(async () => {
    expect(await looksAt('SealedSecret', 'settled')).toBeGreaterThanOrEqual(1);
    expect(await looksAt('SealedSecret', 'stalled')).toBeGreaterThanOrEqual(3);
    // The blocked one is looked at again for ever, and its status each time.
    expect(await looksAt('SealedSecret', 'retry')).toBeGreaterThanOrEqual(1);
    expect(await looksAt('SealedSecretStatus', 'settled')).toBeGreaterThanOrEqual(5);
  });
  expect(await metrics()).not.toMatch(/signet_unseal_decryptions_total\{.*\} [1-9]/);
  await eventually(async () => expect(await countedObjects()).toBe(5));
  expect(await everythingWritten()).toEqual(before);
});

test('a Secret that was changed while no controller ran is put right at the start', async () => {
  await controller.stop();
  await client.mergePatch(SECRETS, { namespace: NS, name: 'good' }, { data: { password: null } });
  await startUnsealer();
  await eventually(async () => {
    const secret = await client.get(SECRETS, { namespace: NS, name: 'good' });
    expect(Object.keys(secret?.['data'] as object)).toEqual(['.dockerconfigjson', 'password']);
  });
});

test('planted values are found in their Secrets and nowhere else', async () => {
  const broken = keySecret(OWN, 'broken-key', { certificatePem: `${CANARY}-cert`, privateKeyPem: `${CANARY}-key` });
  await client.create(SECRETS, { ...broken, type: 'Opaque' });
  await eventually(async () => expect(await metrics()).toMatch(/signet_sealing_keys_unusable 1/));
  await client.delete(SECRETS, { namespace: OWN, name: 'broken-key' });
  await eventually(async () => expect(await metrics()).toMatch(/signet_sealing_keys_unusable 0/));
  const hidden = [CANARY, encodeBase64(encodeUtf8(CANARY)).slice(0, 12)];
  const dump = await cluster.controlPlane.etcdDump();
  expect(dump.get(`/registry/secrets/${NS}/good`)?.toString('latin1')).toContain(`${CANARY}-good`);
  const places = new Map<string, string>([
    ['log', await readFile(cluster.controllerLog, 'utf8')],
    ['metrics', await metrics()],
  ]);
  for (const [key, value] of dump) {
    if (!key.startsWith(`/registry/secrets/${NS}/`)) places.set(key, value.toString('latin1'));
  }
  expect(places.size).toBeGreaterThan(50);
  const found = [...places]
    .filter(([, text]) => hidden.some((needle) => text.includes(needle)))
    .map(([place]) => place);
  expect(found).toEqual([]);
});

test('without its resource definitions the controller is alive and not ready, and goes on when they come', async () => {
  await controller.stop();
  await client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: 'sealedsecrets.bitnami.com' });
  await eventually(async () => {
    const definition = await client.get(CUSTOM_RESOURCE_DEFINITIONS, { name: 'sealedsecrets.bitnami.com' });
    expect(definition).toBeNull();
  });
  controller = await cluster.startController({ flags: ['--no-sync'] });
  await eventually(async () => expect((await fetch(`${controller.url}/healthz`)).status).toBe(200), LONG);
  await eventually(async () => {
    const log = await readFile(cluster.controllerLog, 'utf8');
    expect(log.match(/cannot watch SealedSecrets/g)).toHaveLength(1);
  }, LONG);
  expect((await fetch(`${controller.url}/readyz`)).status).toBe(503);
  await installManifests(cluster.controlPlane);
  await controller.ready();
});
