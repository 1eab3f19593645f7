import { beforeEach, expect, test } from 'vitest';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { TEMPLATE_MISSING_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { eventually } from '../support/eventually.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf } from '../support/live-secrets.ts';
import { engineMissing } from '../support/template-engine.ts';
import { spellingTemplates } from '../support/template-samples.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { firstCertificate } from '../support/test-secrets.ts';
import { createUnsealWorld, type UnsealWorld } from '../support/unseal-world.ts';
import { sealWhole } from '../support/whole-secret.ts';

const CANARY = 'c4n4ry-in-template';

beforeEach((context) => context.skip(engineMissing !== undefined, engineMissing));

const deleteSecret = (world: UnsealWorld) => world.client.delete(SECRETS, { namespace: world.namespace, name: 'db' });
const versionOf = async (world: UnsealWorld) => (await world.secret())?.metadata.resourceVersion;

async function valuesOf(world: UnsealWorld): Promise<Record<string, string>> {
  const { data } = (await world.secret()) ?? {};
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, atob(value)]));
}

test('templates are rendered over items and literals, and null takes a key out of the Secret only', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const data = {
    'app.conf': 'url = "postgres://{{ .user }}:{{ .password | urlquery }}@{{ .host }}/app"\n',
    host: 'db.shop',
    raw: '{{ "x" }}',
    sibling: '{{ .raw | b64enc }}',
    user: 'literal',
    password: null,
  };
  await world.create(await world.seal({ password: 'p@ss', user: 'joe' }, { template: { data } }));
  await world.untilValues({
    'app.conf': 'url = "postgres://joe:p%40ss@db.shop/app"\n',
    host: 'db.shop',
    raw: 'x',
    sibling: btoa('{{ "x" }}'),
    user: 'joe',
  });
  const sealed = await world.untilReason('Unsealed');
  expect(sealed.status?.unsealed?.renderedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('what is random stays the same over restarts and repairs, and is drawn anew when the object changes', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const first = await world.start({ now: () => new Date('2026-05-01T12:00:00Z') });
  const data = {
    token: '{{ randAlphaNum 32 }}',
    id: '{{ uuidv4 }}',
    made: '{{ now | date "2006-01-02" }}',
    key: '{{ genPrivateKey "ecdsa" }}',
  };
  await world.create(await world.seal({ password: 'p' }, { template: { data } }));
  await world.untilReason('Unsealed');
  const values = await valuesOf(world);
  expect(values).toMatchObject({
    token: expect.stringMatching(/^[a-zA-Z0-9]{32}$/),
    made: '2026-05-01',
    password: 'p',
  });
  const version = await versionOf(world);
  await first.stop();

  const second = await world.startAlone({ now: () => new Date('2027-01-01T00:00:00Z') });
  // The unsealing of another object shows that the first was looked at.
  await world.create(await world.seal({ password: 'p' }, { name: 'marker' }));
  await world.untilReason('Unsealed', 'marker');
  expect(await versionOf(world)).toBe(version);
  expect(await second.metric('signet_unseal_decryptions_total{reason="Unsealed"}')).toBe(1);

  await deleteSecret(world);
  await eventually(async () => expect(await valuesOf(world)).toEqual(values));
  await world.client.mergePatch(
    SECRETS,
    { namespace: world.namespace, name: 'db' },
    { data: { token: encoded({ v: 'edited' })['v'] } },
  );
  await eventually(async () => expect(await valuesOf(world)).toEqual(values));

  await world.edit(await world.seal({ password: 'p' }, { template: { data: { ...data, more: 'x' } } }));
  await eventually(async () => expect(await valuesOf(world)).toMatchObject({ more: 'x', made: '2027-01-01' }));
  const { token, id, key } = await valuesOf(world);
  expect([token === values['token'], id === values['id'], key === values['key']]).toEqual([false, false, false]);
});

test('a template that fails is told without its values, and its Secret is not made', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const controller = await world.start();
  const data = { 'app.conf': 'x\n  {{ fail .password }}', other: '{{ mustFromJson .password }}', bad: '{{ .nope }}' };
  await world.create(await world.seal({ password: CANARY }, { template: { data } }));
  const sealed = await world.untilReason('TemplateFailed');
  expect(conditionOf(sealed, 'Ready')?.message).toMatch(
    /^cannot make the Secret: a template needs a value that is not there, or fails otherwise: "bad" names "\.nope" \(/,
  );
  expect(['Synced', 'Stalled'].map((type) => conditionOf(sealed, type)?.status)).toEqual(['False', 'True']);
  await eventually(async () =>
    expect(await world.events()).toContainEqual(expect.stringMatching(/^ErrUnsealFailed: .*"bad" names "\.nope"/)),
  );
  const told = [JSON.stringify(sealed.status), ...(await world.events()), ...controller.logs].join('\n');
  expect(told).not.toContain(CANARY);
  expect(told).not.toContain(btoa(CANARY).replace(/=+$/, ''));
  expect(await world.secret()).toBeNull();

  await world.edit(await world.seal({ password: CANARY }, { template: { data: { 'app.conf': '{{ .password }}' } } }));
  await world.untilValues({ 'app.conf': CANARY, password: CANARY });
});

test('a template that does not parse is told by key and line', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const data = { a: '{{ fail .password }}', odd: 'x\n{{ .password', tpl: '{{ tpl .password . }}' };
  await world.create(await world.seal({ password: CANARY }, { template: { data } }));
  expect(conditionOf(await world.untilReason('TemplateFailed'), 'Ready')?.message).toContain(
    'cannot make the Secret: template "odd", line 2: does not parse; ' +
      'template "tpl", line 1: calls "tpl", which templates of SealedSecrets do not have',
  );
});

test('templates that spell a password out by where they fail tell nothing of it', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const controller = await world.start();
  const data = spellingTemplates('password', 20);
  const toldOf = async (name: string, password: string): Promise<string> => {
    await world.create(await world.seal({ password }, { name, template: { data } }));
    const { status } = await world.untilReason('TemplateFailed', name);
    const event = await eventually(async () => {
      const events = await world.events(name);
      expect(events).toHaveLength(1);
      return events[0];
    });
    const told = status?.conditions?.map(({ type, status: state, reason, message }) => [type, state, reason, message]);
    const logged = controller.logs
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['name'] === name)
      .map(({ level, msg, reason, error }) => ({ level, msg, reason, error }));
    return JSON.stringify([told, event, logged]);
  };
  expect(await toldOf('one', 'correct-horse-batter')).toBe(await toldOf('two', '7h!s_1s~4n0th3r-0n3/'));
});

test('an annotation asks for what sealed-secrets prints for a missing value', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const sealed = await world.seal({ user: 'joe' }, { template: { data: { t: '{{ .user }} {{ .nope }}' } } });
  await world.create(sealed);
  await world.untilReason('TemplateFailed');
  const annotations = { ...sealed.metadata.annotations, [TEMPLATE_MISSING_ANNOTATION]: 'allow' };
  await world.edit({ ...sealed, metadata: { ...sealed.metadata, annotations } });
  await world.untilValues({ t: 'joe <no value>', user: 'joe' });
});

test('an endless template stalls its own object and no other', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const endless = '{{ range untilStep 0 100000 1 }}{{ range untilStep 0 100000 1 }}{{ end }}{{ end }}';
  await world.create(await world.seal({ a: 'x' }, { template: { data: { t: endless } } }));
  await world.create(await world.seal({ a: 'x' }, { name: 'other', template: { data: { t: '{{ .a | upper }}' } } }));
  await world.untilValues({ a: 'x', t: 'X' }, 'other');
  // A second among all others and ten in a thread of its own, each after the start of a thread.
  const sealed = await world.untilReason('TemplateFailed', 'db', { timeoutMs: 90_000 });
  expect(conditionOf(sealed, 'Stalled')?.message).toContain('a template fails with the values that it is given');
  // What was ended once is not begun again.
  expect(sealed.status?.attempt?.sealedDigest).toMatch(/./);
}, 150_000);

test('forty endless templates leave places for an object without templates', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const controller = await world.startAlone();
  const data = { t: '{{ range untilStep 0 100000 1 }}{{ range untilStep 0 100000 1 }}{{ end }}{{ end }}' };
  const sealed = await world.seal({ a: 'x' }, { scope: 'namespace-wide', template: { data } });
  const endless = Array.from({ length: 40 }, (_, at) => ({
    ...sealed,
    metadata: { ...sealed.metadata, name: `e${at}` },
  }));
  await Promise.all(endless.map((object) => world.create(object)));
  await world.create(await world.seal({ a: 'x' }, { name: 'plain' }));
  await world.untilValues({ a: 'x' }, 'plain');
  // Without turns it would have waited until no more than fifteen were left.
  expect(await controller.metric('signet_unseal_decryptions_total{reason="TemplateFailed"}')).toBeLessThan(25);
}, 60_000);

test('a template that takes its minute holds up neither the reports on others nor the stop, which is no verdict', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const controller = await world.start();
  const endless = '{{ range untilStep 0 100000 1 }}{{ range untilStep 0 100000 1 }}{{ end }}{{ end }}{{ bcrypt "x" }}';
  await world.create(await world.seal({ a: 'x' }, { template: { data: { t: endless } } }));
  await world.create(await world.seal({ a: 'x' }, { name: 'other' }));
  await world.untilReason('Unsealed', 'other');
  await eventually(async () => expect(await world.events('other')).toHaveLength(1));
  await controller.stop();
  expect(conditionOf(await world.sealed(), 'Ready')).toBeUndefined();
  expect(await world.events()).toEqual([]);
});

const whole = (world: UnsealWorld, others: Partial<SealedSecret['spec']> = {}): Promise<SealedSecret> => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'other', namespace: 'other', labels: { app: 'shop' }, annotations: { note: 'x' } },
    type: 'example.com/old',
    data: { password: btoa(CANARY) },
  };
  return sealWhole(secret, firstCertificate, { namespace: world.namespace }).then((sealed) => ({
    ...sealed,
    spec: { ...sealed.spec, ...others },
  }));
};

test('the deprecated form opens to the Secret inside of it, under the name of the SealedSecret', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await world.create(await whole(world));
  const secret = await world.untilValues({ password: CANARY });
  expect(secret).toMatchObject({
    metadata: { name: 'db', labels: { app: 'shop' }, annotations: { note: 'x' } },
    type: 'example.com/old',
  });
});

test('the deprecated form is refused beside items, and by a flag for as long as that is set', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const strict = await world.start({ flags: ['--accept-deprecated-v1-data=false'] });
  await world.create(await whole(world));
  const refused = await world.untilReason('Malformed');
  expect(conditionOf(refused, 'Synced')?.message).toContain(
    "using deprecated 'data' field, use 'encryptedData' or flip the feature flag",
  );
  await strict.stop();
  await world.start();
  await world.untilValues({ password: CANARY });

  const { encryptedData } = (await world.seal({ a: 'b' })).spec;
  await world.edit(await whole(world, { encryptedData }));
  const both = await world.untilReason('Malformed');
  expect(conditionOf(both, 'Synced')?.message).toContain(
    "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time",
  );
});
