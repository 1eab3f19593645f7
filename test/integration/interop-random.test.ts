import { afterAll, beforeAll, expect, test } from 'vitest';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import { eventually } from '../support/eventually.ts';
import { keySecret } from '../support/key-secret.ts';
import { conditionOf, contentOf, ownerFor, sealedSecretsOf } from '../support/live-secrets.ts';
import { PEER_NAMESPACE, type PeerCluster, startPeerCluster } from '../support/peer-cluster.ts';
import { usePeers } from '../support/peers.ts';
import { casesOf, type RandomCase } from '../support/random-sealed-secrets.ts';
import { FIRST_KEY } from '../support/test-keys.ts';

const peers = await usePeers('sealed-secrets-controller');
const SAMPLE = { seed: 43, count: 80 };
const WAIT = { timeoutMs: 90_000, everyMs: 300 };

type Player = 'theirs' | 'ours';
type Place = { readonly namespace: Player; readonly name: string };
/** What can be seen of each object by name: its Secret, and what Synced says of which generation. */
type Scene = Readonly<Record<string, { readonly secret: object | null; readonly synced: string }>>;

let cluster: PeerCluster;
const scenes: Record<Player, Scene[]> = { theirs: [], ours: [] };

beforeAll(async () => {
  if (!peers.areHere) return;
  cluster = await startPeerCluster(peers.pathOf('sealed-secrets-controller'));
  await cluster.client.create(SECRETS, keySecret(PEER_NAMESPACE, 'the-key', FIRST_KEY));
  const peer = await cluster.startPeer();
  await play('theirs');
  await peer.stop();
  await cluster.installSignet('ours');
  await cluster.startSignet();
  await play('ours');
}, 300_000);

afterAll(() => cluster?.stop());

/** Takes the controller that runs through three rounds, in a namespace of its own. */
async function play(namespace: Player): Promise<void> {
  const { client } = cluster;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const cases = await casesOf(namespace, SAMPLE);
  await each(cases, async ({ standing, generations: [first] }) => {
    if (standing !== null) await client.create(SECRETS, standing);
    await client.create(SEALED_SECRETS, first);
  });
  scenes[namespace].push(await sceneOf(namespace, 'first-marker'));
  await each(cases, ({ name, generations: [, second] }) => replace({ namespace, name }, second));
  scenes[namespace].push(await sceneOf(namespace, 'second-marker'));
  // The same for both, although a status may be lost with sealed-secrets: what is made again has nothing left of the first generation.
  const isDone = (name: string) =>
    [scenes.theirs[1], scenes[namespace][1]].every((at) => at?.[name]?.synced === 'True 2');
  const deleted = cases.filter(({ name, standing }) => standing === null && isDone(name));
  await each(deleted, async ({ name }) => {
    await client.delete(SECRETS, { namespace, name });
    await eventually(async () => expect(await client.get(SECRETS, { namespace, name })).not.toBeNull(), WAIT);
  });
  scenes[namespace].push(await sceneOf(namespace, 'third-marker'));
}

async function each(cases: readonly RandomCase[], work: (one: RandomCase) => Promise<void>): Promise<void> {
  await runLimited(cases, { limit: 8 }, work);
}

/** A controller may write its status at the same time. */
async function replace(place: Place, sealed: SealedSecret): Promise<void> {
  await eventually(async () => {
    const { resourceVersion } = (await cluster.client.get(SEALED_SECRETS, place))?.metadata ?? {};
    const edited = { ...sealed, metadata: { ...sealed.metadata, resourceVersion } } as SealedSecret;
    await cluster.client.replace(SEALED_SECRETS, edited);
  });
}

/** What there is when every object was looked at: that of sealed-secrets takes one after the other, so the marker comes last. */
async function sceneOf(namespace: Player, marker: string): Promise<Scene> {
  const { client } = cluster;
  const spec = { encryptedData: {}, template: { data: { marker: 'm' } } };
  const metadata = { namespace, name: marker };
  await client.create(SEALED_SECRETS, { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec });
  return eventually(async () => {
    const sealed = await sealedSecretsOf(client, namespace);
    const { items } = await client.list(SECRETS, { namespace });
    const secrets = new Map(items.map((item) => [item.metadata.name, item as Secret]));
    const scene: Scene = Object.fromEntries(sealed.map((one) => [one.metadata.name, seen(one, secrets)]));
    expect(scene[marker]?.synced).toBe('True 1');
    if (namespace === 'ours') expect(Object.values(scene).filter(({ synced }) => synced === 'open')).toEqual([]);
    return scene;
  }, WAIT);
}

function seen(sealed: SealedSecret, secrets: ReadonlyMap<string | undefined, Secret>): Scene[string] {
  const { name, generation } = sealed.metadata;
  const status = conditionOf(sealed, 'Synced')?.status;
  // A status that was written at the same time as something else is lost with sealed-secrets.
  const isOpen = status === 'Unknown' || sealed.status?.observedGeneration !== generation;
  const synced = isOpen ? 'open' : `${status} ${generation}`;
  const secret = secrets.get(name);
  if (secret === undefined) return { secret: null, synced };
  const { metadata, ...content } = contentOf(secret);
  const owners = (secret.metadata.ownerReferences ?? []).map((owner) =>
    owner.uid === sealed.metadata.uid ? { ...owner, uid: ownerFor(sealed).name } : owner,
  );
  return { secret: { ...content, ...metadata, namespace: '', owners }, synced };
}

test.each([
  ['the creation', 0],
  ['the second generation', 1],
  ['the deletion of Secrets', 2],
])('after %s both controllers have made the same of every object', (_round, at) => {
  const theirs = scenes.theirs[at] ?? {};
  const ours = Object.entries(scenes.ours[at] ?? {}).map(([name, { secret, synced }]) => {
    return [name, { secret, synced: theirs[name]?.synced === 'open' ? 'open' : synced }];
  });
  expect(Object.keys(theirs)).toHaveLength(SAMPLE.count + at + 1);
  expect(Object.fromEntries(ours)).toEqual(theirs);
});

test('the sample has objects that unseal, objects that fail and Secrets that are shared', () => {
  const all = Object.values(scenes.theirs[1] ?? {});
  expect(all.filter(({ synced }) => synced === 'True 2').length).toBeGreaterThan(20);
  expect(all.filter(({ synced }) => synced === 'False 2').length).toBeGreaterThan(10);
  expect(all.filter(({ secret }) => JSON.stringify(secret).includes(`"mine":"${btoa('m')}"`)).length).toBeGreaterThan(
    5,
  );
});
