import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { TEMPLATE_MISSING_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret, SecretTemplate } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { eventually } from '../support/eventually.ts';
import { keySecret } from '../support/key-secret.ts';
import { contentOf } from '../support/live-secrets.ts';
import { PEER_NAMESPACE, type PeerCluster, startPeerCluster } from '../support/peer-cluster.ts';
import { usePeers } from '../support/peers.ts';
import { engineMissing, startEngine } from '../support/template-engine.ts';
import { MISSING_SAMPLES, SAMPLE_VALUES, TEMPLATE_SAMPLES } from '../support/template-samples.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { firstCertificate, firstRing, secretOf } from '../support/test-secrets.ts';
import { sealWhole } from '../support/whole-secret.ts';

const peers = await usePeers('sealed-secrets-controller');
const NAMESPACE = 'templates';
const WAIT = { timeoutMs: 45_000, everyMs: 200 };

let cluster: PeerCluster;
const renderer = startEngine({ timeMs: 60_000, slowTimeMs: 60_000 });

beforeEach((context) => context.skip(engineMissing !== undefined, engineMissing));

beforeAll(async () => {
  if (!peers.areHere || engineMissing !== undefined) return;
  cluster = await startPeerCluster(peers.pathOf('sealed-secrets-controller'));
  await cluster.client.create(SECRETS, keySecret(PEER_NAMESPACE, 'sealed-secrets-key-first', FIRST_KEY));
  await cluster.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await cluster.startPeer();
});

afterAll(async () => {
  await renderer.close();
  await cluster?.stop();
});

async function sealedWith(
  name: string,
  values: Record<string, string>,
  template: SecretTemplate,
): Promise<SealedSecret> {
  const secret = secretOf(values, { metadata: { name, namespace: NAMESPACE } });
  const sealed = await sealSecret(secret, { certificate: firstCertificate });
  return { ...sealed, spec: { ...sealed.spec, template } };
}

/** What the controller of sealed-secrets makes of `sealed`. */
async function openedByPeer(sealed: SealedSecret): Promise<Secret> {
  await cluster.client.create(SEALED_SECRETS, sealed);
  const reference = { namespace: NAMESPACE, name: sealed.metadata.name ?? '' };
  return eventually(async () => {
    const secret = await cluster.client.get(SECRETS, reference);
    if (secret === null) {
      throw new Error(JSON.stringify((await cluster.client.get(SEALED_SECRETS, reference))?.['status'], null, 1));
    }
    return contentOf(secret as Secret);
  }, WAIT);
}

/** What we make of it. */
const openedByUs = async (sealed: SealedSecret): Promise<Secret> =>
  contentOf(await unsealSecret(sealed, firstRing, { renderer }));

const numbered = (templates: readonly string[]): Record<string, string> =>
  Object.fromEntries(templates.map((template, index) => [`t${String(index).padStart(3, '0')}`, template]));

const textsOf = ({ data }: Secret): Record<string, string> =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

test('templates print byte by byte what sealed-secrets prints', async () => {
  const templates = TEMPLATE_SAMPLES.map(([template]) => template);
  const sealed = await sealedWith('samples', { ...SAMPLE_VALUES }, { data: numbered(templates) });
  const theirs = await openedByPeer(sealed);
  expect(textsOf(await openedByUs(sealed))).toEqual(textsOf(theirs));
  expect(await openedByUs(sealed)).toEqual(theirs);
  expect(Object.keys(theirs.data ?? {}).length).toBe(templates.length + Object.keys(SAMPLE_VALUES).length);
}, 120_000);

test('binary values go through templates as with sealed-secrets', async () => {
  const data = { raw: Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index)).toString('base64') };
  const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'binary', namespace: NAMESPACE }, data };
  const sealed = await sealSecret(secret, { certificate: firstCertificate });
  const template = { data: { around: '<{{ .raw }}>', length: '{{ len .raw }}', sum: '{{ .raw | sha256sum }}' } };
  const object = { ...sealed, spec: { ...sealed.spec, template } };
  expect(await openedByUs(object)).toEqual(await openedByPeer(object));
});

test('with the annotation a missing value is printed as sealed-secrets prints it', async () => {
  const templates = MISSING_SAMPLES.map(([template]) => template);
  const sealed = await sealedWith('missing', { ...SAMPLE_VALUES }, { data: numbered(templates) });
  const annotations = { ...sealed.metadata.annotations, [TEMPLATE_MISSING_ANNOTATION]: 'allow' };
  const object = { ...sealed, metadata: { ...sealed.metadata, annotations } };
  expect(textsOf(await openedByUs(object))).toEqual(textsOf(await openedByPeer(object)));
});

test('type, labels, annotations and immutable stand beside templates as with sealed-secrets', async () => {
  const template: SecretTemplate = {
    metadata: { labels: { app: 'shop' }, annotations: { note: '{{ .user }}' } },
    type: 'example.com/rendered',
    immutable: true,
    data: { t: '{{ .user }}', literal: 'plain { text }' },
  };
  const sealed = await sealedWith('around', { user: 'joe' }, template);
  const theirs = await openedByPeer(sealed);
  expect(await openedByUs(sealed)).toEqual(theirs);
  expect(theirs.metadata.annotations?.['note']).toBe('{{ .user }}');
});

test.each([
  ['no template', undefined],
  [
    'a template that would say otherwise',
    { metadata: { labels: { other: 'label' } }, type: 'example.com/other', data: { extra: '{{ .password }}' } },
  ],
])('the deprecated form opens as with sealed-secrets, with %s', async (title, template) => {
  const inside = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'inside',
      namespace: 'inside',
      labels: { app: 'shop' },
      annotations: { note: 'x' },
      creationTimestamp: null,
    },
    type: 'example.com/old',
    data: { password: btoa('hunter2'), empty: '', none: null },
  };
  const name = `whole-${title.split(' ').length}`;
  const sealed = await sealWhole(inside, firstCertificate, {
    name,
    namespace: NAMESPACE,
    ...(template && { template }),
  });
  const theirs = await openedByPeer(sealed);
  expect(await openedByUs(sealed)).toEqual(theirs);
  expect(theirs.metadata.labels).toEqual({ app: 'shop' });
});
