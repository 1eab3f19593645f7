import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import { CORPUS, readCorpusSealedSecrets, sealAnew } from '../support/corpus-sealed-secrets.ts';
import { eventually } from '../support/eventually.ts';
import { keySecret } from '../support/key-secret.ts';
import { contentOf, ownerFor } from '../support/live-secrets.ts';
import { PEER_NAMESPACE, startPeerCluster } from '../support/peer-cluster.ts';
import { usePeers } from '../support/peers.ts';
import { startSignetCluster } from '../support/signet-cluster.ts';
import { FIRST_KEY } from '../support/test-keys.ts';

const peers = await usePeers('sealed-secrets-controller');
const isCorpusHere = existsSync(CORPUS);
const corpus = readCorpusSealedSecrets();
const WAIT = { timeoutMs: 90_000, everyMs: 500 };

/** What a controller made of the corpus: each Secret by its place, and what Synced says of each SealedSecret. */
interface Result {
  /** Places of objects that the API server does not take. */
  readonly refused: readonly string[];
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly synced: Readonly<Record<string, string | undefined>>;
}

let sealed: readonly SealedSecret[];
let theirs: Result;
let ours: Result;

beforeEach((context) => context.skip(!isCorpusHere, 'the corpus is not here'));

beforeAll(async () => {
  if (!peers.areHere || !isCorpusHere) return;
  const certificate = await readCertificate(FIRST_KEY.certificatePem);
  sealed = await Promise.all(corpus.map((one) => sealAnew(one, certificate)));
  theirs = await unsealedByPeer();
  ours = await unsealedBySignet();
}, 300_000);

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

async function unsealedByPeer(): Promise<Result> {
  const cluster = await startPeerCluster(peers.pathOf('sealed-secrets-controller'));
  stops.push(() => cluster.stop());
  await cluster.client.create(SECRETS, keySecret(PEER_NAMESPACE, 'the-key', FIRST_KEY));
  await cluster.startPeer();
  return unseal(cluster.client);
}

async function unsealedBySignet(): Promise<Result> {
  const cluster = await startSignetCluster();
  stops.push(() => cluster.stop());
  const { client } = cluster;
  await client.create(SECRETS, keySecret('signet-system', 'the-key', FIRST_KEY));
  const controller = await cluster.startController({ flags: ['--key-renew-period', '0'] });
  await controller.ready();
  return unseal(client);
}

/** Creates the corpus and waits until every object of it has been decided on. */
async function unseal(client: KubeClient): Promise<Result> {
  const namespaces = [...new Set(sealed.map(({ metadata }) => metadata.namespace ?? ''))];
  await runLimited(namespaces, { limit: 8 }, async (name) => {
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  });
  const refused: string[] = [];
  await runLimited(sealed, { limit: 8 }, async (object) => {
    await client.create(SEALED_SECRETS, object).catch((error: unknown) => {
      // Samples of documentation have placeholders for names, which no cluster takes.
      if (!isKubeError(error, 'KUBE_INVALID')) throw error;
      refused.push(placeOf(object));
    });
  });
  return eventually(async () => {
    const { items } = await client.list(SEALED_SECRETS);
    const objects = items as readonly SealedSecret[];
    const synced = Object.fromEntries(objects.map((one) => [placeOf(one), one.status?.conditions?.[0]?.status]));
    expect(Object.values(synced).filter((status) => status === undefined || status === 'Unknown')).toEqual([]);
    expect(objects).toHaveLength(sealed.length - refused.length);
    return { refused: refused.toSorted(), synced, secrets: await secretsOf(client, objects) };
  }, WAIT);
}

/** The Secrets of `objects` as far as they depend on nothing but the SealedSecret, owners included. */
async function secretsOf(client: KubeClient, objects: readonly SealedSecret[]): Promise<Record<string, unknown>> {
  const { items } = await client.list(SECRETS);
  const secrets = new Map(items.map((item) => [placeOf(item), item as Secret]));
  return Object.fromEntries(
    objects.flatMap((one) => {
      const secret = secrets.get(placeOf(one));
      if (secret === undefined) return [];
      const owners = (secret.metadata.ownerReferences ?? []).map((owner) => ({
        ...owner,
        uid: owner.uid === ownerFor(one).uid ? 'of the SealedSecret' : owner.uid,
      }));
      return [[placeOf(one), { ...contentOf(secret), owners }]];
    }),
  );
}

function placeOf({ metadata }: { readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

test('every SealedSecret of the corpus unseals to the same Secret, field by field, in both controllers', () => {
  expect(Object.keys(theirs.secrets).length).toBeGreaterThan(100);
  expect(ours.secrets).toEqual(theirs.secrets);
});

test('both controllers say the same of every SealedSecret of the corpus', () => {
  expect(ours.synced).toEqual(theirs.synced);
  expect(ours.refused).toEqual(theirs.refused);
});
