import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { EVENTS, NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_LABEL, KEY_LABEL_RETIRED, PATCH_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { SCOPES, type Scope } from '../../shared/sealing/scope.ts';
import { eventually } from '../support/eventually.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf, contentOf } from '../support/live-secrets.ts';
import { POLICIES, POLICY_BINDINGS } from '../support/resource-types.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { secondCertificate } from '../support/test-secrets.ts';
import { createUnsealWorld, startedWorld, type UnsealWorld } from '../support/unseal-world.ts';

const messageOf = (sealed: SealedSecret) => conditionOf(sealed, 'Synced')?.message ?? '';

/** `sealed` under another name, or in another namespace, as after a copy of its file; no template and no receipt tell of that. */
function copied(sealed: SealedSecret, name: string, namespace: string, scope: Scope = 'strict'): SealedSecret {
  const annotation = `sealedsecrets.bitnami.com/${scope}`;
  const annotations = scope === 'strict' ? {} : { [annotation]: 'true' };
  return { ...sealed, metadata: { name, namespace, annotations }, spec: { encryptedData: sealed.spec.encryptedData } };
}

async function otherNamespace({ client, namespace }: UnsealWorld): Promise<string> {
  const name = `${namespace}-other`;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  onTestFinished(async () => {
    await client.delete(NAMESPACES, { name });
  });
  return name;
}

const syncedOf = async (client: KubeClient, namespace: string, name: string) =>
  conditionOf((await client.get(SEALED_SECRETS, { namespace, name })) as SealedSecret, 'Synced')?.status;

test('a value opens under another name or in another namespace only as far as its scope allows', async () => {
  const world = await startedWorld();
  const elsewhere = await otherNamespace(world);
  for (const scope of SCOPES) {
    const sealed = await world.seal({ password: scope }, { name: `${scope}-a`, scope });
    await world.create(copied(sealed, `${scope}-b`, world.namespace, scope));
    await world.create(copied(sealed, `${scope}-a`, elsewhere, scope));
  }
  const outcomes = () =>
    Promise.all(
      SCOPES.map(async (scope) => [
        await syncedOf(world.client, world.namespace, `${scope}-b`),
        await syncedOf(world.client, elsewhere, `${scope}-a`),
      ]),
    );
  await eventually(async () => {
    expect(await outcomes()).toEqual([
      ['False', 'False'],
      ['True', 'False'],
      ['True', 'True'],
    ]);
  });
  expect(await world.secret('strict-b')).toBeNull();
  expect(await world.client.get(SECRETS, { namespace: elsewhere, name: 'namespace-wide-a' })).toBeNull();
});

test('a copy of a SealedSecret of the cluster says which one it was sealed for', async () => {
  const world = await startedWorld();
  const elsewhere = await otherNamespace(world);
  const sealed = await world.create(await world.seal({ password: 'p' }));
  await world.untilReason('Unsealed');
  await world.create(copied(sealed, 'renamed', world.namespace));
  const renamed = await world.untilReason('WrongScope', 'renamed');
  const origin = `sealed for "${world.namespace}/db"`;
  expect(messageOf(renamed)).toContain(`no key could decrypt secret (password): ${origin}`);
  await world.create(copied(sealed, 'db', elsewhere));
  await eventually(async () => {
    const moved = await world.client.get(SEALED_SECRETS, { namespace: elsewhere, name: 'db' });
    expect(messageOf(moved as SealedSecret)).toContain(origin);
  });
  expect(await world.client.get(SECRETS, { namespace: elsewhere, name: 'db' })).toBeNull();
});

test('a value of a retired key, of another cluster and one that was changed say so, each with what mends it', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.addKey('old-key', SECOND_KEY);
  const retired = { metadata: { labels: { [KEY_LABEL]: KEY_LABEL_RETIRED } } };
  await world.client.mergePatch(SECRETS, { namespace: world.keyNamespace, name: 'old-key' }, retired);
  await world.start();
  const old = await world.seal({ password: 'p' }, { certificate: secondCertificate });
  await world.create(old);
  const message = messageOf(await world.untilReason('KeyNotFound'));
  expect(message).toMatch(
    /no key could decrypt secret \(password\): sealed to a retired key, as its receipt says, SHA256:/,
  );
  expect(message).toContain('signet set FILE KEY');
  await world.client.delete(SECRETS, { namespace: world.keyNamespace, name: 'old-key' });
  await eventually(async () => expect(messageOf(await world.sealed())).toMatch(/sealed to key SHA256:.* not here/));
  const foreign = await world.seal({ password: 'p' }, { name: 'foreign', certificate: secondCertificate });
  await world.create(foreign);
  expect(messageOf(await world.untilReason('KeyNotFound', 'foreign'))).toMatch(/sealed to key SHA256:.* not here/);
  const changed = await world.seal({ password: 'p' }, { name: 'changed' });
  const bytes = Buffer.from(changed.spec.encryptedData['password'] ?? '', 'base64');
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
  await world.create({ ...changed, spec: { ...changed.spec, encryptedData: { password: bytes.toString('base64') } } });
  expect(messageOf(await world.untilReason('Malformed', 'changed'))).toContain('not the one that was sealed');
});

test('a value that is not base64 is named, without a word of decryption', async () => {
  const world = await startedWorld();
  const sealed = await world.seal({ password: 'p' });
  await world.create({ ...sealed, spec: { ...sealed.spec, encryptedData: { password: '*not base64*' } } });
  const message = messageOf(await world.untilReason('Malformed'));
  expect(message).toContain('password');
  expect(message).not.toMatch(/decrypt/i);
});

test('a value that was sealed with a key of 1024 bits makes no Secret and an event', async () => {
  const world = await startedWorld();
  const sealed = await world.seal({ password: 'p' });
  const value = Buffer.concat([Buffer.from([0, 128]), randomBytes(128 + 40)]).toString('base64');
  await world.create(copied({ ...sealed, spec: { encryptedData: { password: value } } }, 'db', world.namespace));
  expect(messageOf(await world.untilReason('KeyNotFound'))).toContain('no key could decrypt secret (password)');
  expect(await world.secret()).toBeNull();
  await eventually(async () =>
    expect(await world.events()).toEqual([expect.stringMatching(/^ErrUnsealFailed: Failed to unseal: /)]),
  );
});

test('a SealedSecret gives its Secret none of its own labels and annotations', async () => {
  const world = await startedWorld();
  const sealed = await world.seal({ password: 'p' });
  const metadata = {
    ...sealed.metadata,
    labels: { team: 'blue' },
    annotations: { ...sealed.metadata.annotations, note: 'n' },
  };
  await world.create({ ...sealed, metadata });
  const secret = await world.untilValues({ password: 'p' });
  expect(contentOf(secret)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: world.namespace },
    type: 'Opaque',
    data: encoded({ password: 'p' }),
  });
});

test.each([
  ['template', null],
  ['metadata', { metadata: null }],
  ['labels and annotations', { metadata: { labels: null, annotations: null } }],
  ['data', { data: null }],
  ['a value of data', { data: { password: null, left: null }, type: '' }],
])('null in the place of %s of a template is taken for nothing', async (what, template) => {
  const world = await startedWorld();
  const sealed = await world.seal({ password: 'p', kept: 'k' });
  await world.create({ ...sealed, spec: { ...sealed.spec, template } as never });
  const isRemoved = what === 'a value of data';
  const secret = await world.untilValues(isRemoved ? { kept: 'k' } : { kept: 'k', password: 'p' });
  expect([secret.type, secret.metadata.labels, secret.metadata.annotations]).toEqual(['Opaque', undefined, undefined]);
});

test('event and status come after the Secret, and the event is found by every field of its object', async () => {
  const world = await startedWorld();
  const { metadata } = await world.create(await world.seal({ password: 'p' }));
  const sealed = await world.untilReason('Unsealed');
  const secret = await world.secret();
  const selector = Object.entries({ name: 'db', namespace: world.namespace, kind: 'SealedSecret', uid: metadata.uid })
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(',');
  const event = await eventually(async () => {
    const { items } = await world.client.list(EVENTS, { namespace: world.namespace, fieldSelector: selector });
    expect(items).toHaveLength(1);
    return items[0]!;
  });
  expect(event).toMatchObject({ type: 'Normal', reason: 'Unsealed', message: 'SealedSecret unsealed successfully' });
  const order = [secret, sealed, event].map((object) => Number(object?.metadata.resourceVersion));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test.each(['yes', 'True', '1', ''])('patch: %j opens no Secret of somebody else', async (value) => {
  const world = await startedWorld();
  const metadata = { name: 'db', namespace: world.namespace, annotations: { [PATCH_ANNOTATION]: value } };
  await world.client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, data: encoded({ mine: 'm' }) });
  await world.create(await world.seal({ password: 'ours' }));
  await world.untilReason('SecretExists');
  expect((await world.secret())?.data).toEqual(encoded({ mine: 'm' }));
});

test('patch keeps the type of a Secret of somebody else, whatever the template says', async () => {
  const world = await startedWorld();
  const metadata = { name: 'db', namespace: world.namespace, annotations: { [PATCH_ANNOTATION]: 'true' } };
  const foreign = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'example.com/theirs',
    metadata,
    data: encoded({ mine: 'm' }),
  };
  await world.client.create(SECRETS, foreign);
  await world.create(await world.seal({ password: 'ours' }));
  expect((await world.untilValues({ mine: 'm', password: 'ours' })).type).toBe('example.com/theirs');
  await world.untilReason('Unsealed');
});

// Without a reason of its own a policy answers 422, as if the Secret were invalid.
test.each(['Forbidden', 'Invalid'])(
  'what a policy refuses as %s is tried again until it is allowed',
  async (reason) => {
    const world = await startedWorld();
    const { client, namespace: name } = world;
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] };
    const validations = [{ expression: `object.metadata.namespace != '${name}'`, reason }];
    const spec = { failurePolicy: 'Fail', matchConstraints: { resourceRules: [rule] }, validations };
    const binding = { policyName: name, validationActions: ['Deny'] };
    const allow = async () => {
      await client.delete(POLICY_BINDINGS, { name });
      await client.delete(POLICIES, { name });
    };
    onTestFinished(allow);
    await client.create(POLICIES, { apiVersion, kind: POLICIES.kind, metadata: { name }, spec });
    await client.create(POLICY_BINDINGS, { apiVersion, kind: POLICY_BINDINGS.kind, metadata: { name }, spec: binding });
    const probe = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'probe', namespace: name } };
    await eventually(() => expect(client.create(SECRETS, probe, { dryRun: true })).rejects.toThrow());
    await world.create(await world.seal({ password: 'p' }));
    const refused = await world.untilReason('Forbidden');
    expect(conditionOf(refused, 'Reconciling')).toMatchObject({
      status: 'False',
      message: 'it is tried again by itself',
    });
    await allow();
    await world.untilValues({ password: 'p' });
    await world.untilReason('Unsealed');
  },
);
