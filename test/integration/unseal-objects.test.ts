import { expect, test } from 'vitest';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { CLUSTER_WIDE_ANNOTATION } from '../../shared/resources/names.ts';
import { eventually } from '../support/eventually.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf, ownerFor } from '../support/live-secrets.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { secondCertificate } from '../support/test-secrets.ts';
import { createUnsealWorld } from '../support/unseal-world.ts';

test('a SealedSecret of each scope becomes a Secret that it owns', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  for (const scope of ['strict', 'namespace-wide', 'cluster-wide'] as const) {
    const sealed = await world.create(await world.seal({ password: `for ${scope}` }, { name: scope, scope }));
    const secret = await world.untilValues({ password: `for ${scope}` }, scope);
    expect(secret.metadata.ownerReferences).toEqual([ownerFor(sealed)]);
  }
});

test('a new SealedSecret says in four conditions and one event that it was unsealed', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await world.create(await world.seal({ password: 'p' }));
  const { status } = await world.untilReason('Unsealed');
  expect(status?.conditions?.map(({ type, status: truth }) => `${type}=${truth}`)).toEqual([
    'Synced=True',
    'Ready=True',
    'Reconciling=False',
    'Stalled=False',
  ]);
  const synced = status?.conditions?.[0];
  expect(synced?.lastTransitionTime).toBe(synced?.lastUpdateTime);
  await eventually(async () => expect(await world.events()).toEqual([expect.stringMatching(/^Unsealed: /)]));
});

test('an edited SealedSecret changes its Secret, and Synced keeps the time of its last transition', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  let ahead = 0;
  await world.start({ now: () => new Date(Date.now() + ahead) });
  await world.create(await world.seal({ password: 'old', gone: 'soon' }));
  const before = conditionOf(await world.untilReason('Unsealed'), 'Synced');
  ahead = 5_000;
  await world.edit(await world.seal({ password: 'new' }));
  await world.untilValues({ password: 'new' });
  const edited = await world.untilReason('Unsealed');
  expect(edited.status?.observedGeneration).toBe(2);
  const after = conditionOf(edited, 'Synced');
  expect(after?.lastTransitionTime).toBe(before?.lastTransitionTime);
  expect(after?.lastUpdateTime).not.toBe(before?.lastUpdateTime);
});

test('the template decides on type, labels, annotations, literals and immutability', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const template = {
    metadata: { labels: { app: 'shop' }, annotations: { note: 'kept' }, name: 'ignored', namespace: 'ignored' },
    type: 'example.com/login',
    immutable: true,
    data: { host: 'db.example.com', left: null },
  };
  await world.create(await world.seal({ password: 'p', left: 'out' }, { template }));
  const secret = await world.untilValues({ host: 'db.example.com', password: 'p' });
  expect(secret).toMatchObject({ type: 'example.com/login', immutable: true });
  expect(secret.metadata).toMatchObject({ name: 'db', labels: { app: 'shop' }, annotations: { note: 'kept' } });
});

test('a change of scope alone is looked at: the Secret stays while it does not open, and nothing is lost on the way back', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const sealed = await world.seal({ password: 'p' });
  await world.create(sealed);
  await world.untilReason('Unsealed');
  const { resourceVersion } = (await world.secret())?.metadata ?? {};
  const reference = { namespace: world.namespace, name: 'db' };
  const annotate = (value: string | null) =>
    world.client.mergePatch(SEALED_SECRETS, reference, {
      metadata: { annotations: { [CLUSTER_WIDE_ANNOTATION]: value } },
    });
  await annotate('true');
  const broken = await world.untilReason('WrongScope');
  expect(conditionOf(broken, 'Stalled')?.status).toBe('True');
  await annotate(null);
  await world.untilReason('Unsealed');
  expect((await world.secret())?.metadata.resourceVersion).toBe(resourceVersion);
});

test('every failing item is named, good ones do not hide them, and no Secret is made', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const good = await world.seal({ good: 'g' });
  const foreign = await world.seal({ foreign: 'f' }, { certificate: secondCertificate });
  const encryptedData = { ...good.spec.encryptedData, ...foreign.spec.encryptedData, cut: 'AgBB', odd: '%%%' };
  await world.create({ ...good, spec: { ...good.spec, encryptedData } });
  const { status } = await world.untilReason('Malformed');
  const message = status?.conditions?.[0]?.message ?? '';
  for (const item of ['foreign', 'cut', 'odd']) expect(message).toContain(item);
  expect(message).toContain('no key could decrypt secret (foreign)');
  expect(message).not.toContain('good');
  expect(await world.secret()).toBeNull();
  const events = await eventually(async () => {
    const said = await world.events();
    expect(said).toHaveLength(1);
    return said;
  });
  expect(events[0]).toMatch(/^ErrUnsealFailed: Failed to unseal: /);
});

test('a template that no Secret can be made of stalls with a reason, and one in its place unseals', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const sealed = await world.seal({ password: 'p' }, { template: { metadata: { labels: { app: 'not a label!' } } } });
  await world.create(sealed);
  const stalled = await world.untilReason('TemplateFailed');
  expect(conditionOf(stalled, 'Stalled')?.status).toBe('True');
  expect(conditionOf(stalled, 'Ready')?.message).toContain('metadata.labels');
  await world.edit({ ...sealed, spec: { ...sealed.spec, template: { data: { url: 'db://' } } } });
  await world.untilValues({ password: 'p', url: 'db://' });
});

test('a value that its type refuses stalls, and an edit mends it', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const typed = { template: { type: 'kubernetes.io/dockerconfigjson' } };
  await world.create(await world.seal({ '.dockerconfigjson': 'canary-no-json' }, typed));
  const stalled = await world.untilReason('TypeRefused');
  expect(JSON.stringify(stalled.status)).not.toContain('canary-no-json');
  await world.edit(await world.seal({ '.dockerconfigjson': '{"auths":{}}' }, typed));
  await world.untilValues({ '.dockerconfigjson': '{"auths":{}}' });
});

test('a key named __proto__ reaches the Secret like any other', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const sealed = await world.seal({ plain: 'p' });
  const encryptedData = JSON.parse(`{"__proto__": ${JSON.stringify(sealed.spec.encryptedData['plain'])}}`);
  await world.create({ ...sealed, spec: { ...sealed.spec, encryptedData } });
  await world.untilReason('Unsealed');
  const { data } = (await world.client.get(SECRETS, { namespace: world.namespace, name: 'db' })) as unknown as {
    data: Record<string, string>;
  };
  expect(Object.entries(data)).toEqual([['__proto__', encoded({ v: 'p' })['v']]]);
});

// The garbage collector looks for new kinds twice a minute; on a fresh server this takes the longest.
test('a deleted SealedSecret takes its Secret along', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await world.create(await world.seal({ password: 'p' }));
  await world.untilValues({ password: 'p' });
  await world.client.delete(SEALED_SECRETS, { namespace: world.namespace, name: 'db' });
  await eventually(async () => expect(await world.secret()).toBeNull(), { timeoutMs: 110_000 });
}, 120_000);
