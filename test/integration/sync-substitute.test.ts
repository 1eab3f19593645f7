// biome-ignore-all lint/suspicious/noTemplateCurlyInString: "${name}" is what this file is about
import { expect, inject, test } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { runCli } from '../support/run-cli.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { allow, makeAccount } from '../support/tenant-accounts.ts';

const MANIFEST = `apiVersion: v1
kind: ConfigMap
metadata:
  name: \${app}-config
data:
  host: \${host}
  port: "\${port:=8080}"
  login: user:\${password}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: \${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "registry.example.com/web:1"}]}
`;

interface Values {
  readonly password?: string;
  /** In the ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
}

async function createValues(
  world: SyncWorld,
  { password = 'hunter2-Correct', data = { host: 'a.example.com\n', replicas: '0' } }: Values = {},
): Promise<void> {
  const { client, namespace } = world;
  const metadata = { name: 'values', namespace };
  await client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  const secret = { password: Buffer.from(password).toString('base64') };
  await client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, data: secret });
}

const SUBSTITUTE = {
  vars: { app: 'shop' },
  from: [
    { kind: 'ConfigMap', name: 'values' },
    { kind: 'Secret', name: 'values' },
    { kind: 'ConfigMap', name: 'absent', optional: true },
  ],
} as const;

test('variables, labels, annotations and images arrive; a changed ConfigMap and Secret are taken up without a commit', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  await createValues(world);
  const commit = await world.repository.commit({ 'app.yaml': MANIFEST });
  await world.createGitSync('app', {
    substitute: SUBSTITUTE,
    commonMetadata: { labels: { team: 'shop' }, annotations: { 'example.com/note': 'all' } },
    images: [{ name: 'registry.example.com/web', newTag: '2' }],
  });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const config = await world.get(CONFIG_MAPS, 'shop-config');
  expect(config?.['data']).toEqual({ host: 'a.example.com', port: '8080', login: 'user:hunter2-Correct' });
  expect(config?.metadata.labels).toEqual({ team: 'shop' });
  expect(config?.metadata.annotations).toMatchObject({ 'example.com/note': 'all' });
  const deployments = (await client.findType('apps/v1', 'Deployment'))!;
  expect((await world.get(deployments, 'web'))?.['spec']).toMatchObject({
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: { spec: { containers: [{ image: 'registry.example.com/web:2' }] } },
  });
  const before = engine.requestCount();
  await world.reconcile('app');
  expect(engine.requestCount() - before).toBeLessThanOrEqual(8);

  await client.mergePatch(CONFIG_MAPS, { namespace, name: 'values' }, { data: { host: 'b.example.com' } });
  const next = { password: Buffer.from('hunter3-Battery').toString('base64') };
  await client.mergePatch(SECRETS, { namespace, name: 'values' }, { data: next });
  await world.reconcile('app');
  expect((await world.get(CONFIG_MAPS, 'shop-config'))?.['data']).toMatchObject({
    host: 'b.example.com',
    login: 'user:hunter3-Battery',
  });
  const said = JSON.stringify([await world.gitSync('app'), await world.inventory('app'), engine.events, engine.logs]);
  for (const value of ['hunter2-Correct', 'hunter3-Battery']) expect(said).not.toContain(value);
});

test('a ConfigMap or Secret that appears or changes is taken up at once', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  const commit = await world.repository.commit({ 'app.yaml': MANIFEST });
  await world.createGitSync('app', { substitute: SUBSTITUTE });
  await world.startEngine();
  await world.untilReason('app', 'VariablesInvalid', commit);
  await createValues(world);
  await world.untilReason('app', 'Applied', commit);
  const host = { host: 'b.example.com' };
  await client.mergePatch(CONFIG_MAPS, { namespace, name: 'values' }, { data: host });
  await eventually(async () => expect((await world.get(CONFIG_MAPS, 'shop-config'))?.['data']).toMatchObject(host));
  const data = { password: Buffer.from('hunter3-Battery').toString('base64') };
  await client.mergePatch(SECRETS, { namespace, name: 'values' }, { data });
  const login = { login: 'user:hunter3-Battery' };
  await eventually(async () => expect((await world.get(CONFIG_MAPS, 'shop-config'))?.['data']).toMatchObject(login));
});

test('what the API server says against an object with a value of a Secret quotes no part of it', async () => {
  const world = await createSyncWorld();
  await createValues(world, { password: 'Ab9-Canary5 Canary6' });
  const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${world.namespace}}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "\${password}"}]
`;
  const lease = `apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: x}\nspec: {renewTime: "\${password}"}\n`;
  const commit = await world.repository.commit({ 'policy.yaml': policy, 'lease.yaml': lease });
  await world.createGitSync('app', { substitute: { from: [{ kind: 'Secret', name: 'values' }] } });
  const engine = await world.startEngine();
  const { status } = await world.untilReason('app', 'ApplyFailed', commit);
  expect(status?.failures?.map(({ file }) => file)).toEqual(['lease.yaml', 'policy.yaml']);
  const said = JSON.stringify([status, engine.events, engine.logs]);
  for (const part of ['Ab9', 'Canary5', 'Canary6']) expect(said).not.toContain(part);
});

test('what is not defined is an error with its place, and mending the ConfigMap mends it', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  const commit = await world.repository.commit({ 'app.yaml': MANIFEST });
  await world.createGitSync('app', { substitute: SUBSTITUTE });
  await world.startEngine();
  const missing = await world.untilReason('app', 'VariablesInvalid', commit);
  expect(missing.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain(
    `ConfigMap ${namespace}/values`,
  );
  await createValues(world, { data: { host: 'a.example.com\n' } });
  await world.reconcile('app');
  const { status } = await world.untilReason('app', 'RenderFailed', commit);
  expect(status?.failures).toMatchObject([
    {
      file: 'app.yaml',
      line: 14,
      kind: 'Deployment',
      message: expect.stringContaining('variable "replicas" is not defined'),
    },
  ]);
  expect(await world.get(CONFIG_MAPS, 'shop-config')).toBeNull();
  await client.mergePatch(CONFIG_MAPS, { namespace, name: 'values' }, { data: { replicas: '0' } });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
});

test('a plan shows values of Secrets as digests on both sides, wherever they were put', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  await createValues(world);
  await world.repository.commit({ 'app.yaml': MANIFEST });
  const url = await servedUrl(world);
  await world.createGitSync('app', { source: { url }, substitute: SUBSTITUTE });
  const words = ['sync', 'plan', 'app', '-n', namespace, '--kubeconfig', inject('kubeconfig')];
  const plan = async () => {
    const forms = ['text', 'markdown', 'json'].map((form) =>
      runCli([...words, '-o', form], { cwd: '/', env: { PATH: process.env['PATH'] ?? '' } }),
    );
    return (await Promise.all(forms)).map(({ code, stdout, stderr }) => ({ code, text: stdout + stderr }));
  };
  for (const { code, text } of await plan()) {
    expect(code, text).toBe(1);
    expect(text).toContain('shop-config');
    expect(text).not.toContain('hunter2-Correct');
  }
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  for (const { code, text } of await plan()) expect(code, text).toBe(0);
  // It would take the value up at once.
  await engine.stop();
  const data = { password: Buffer.from('hunter3-Battery').toString('base64') };
  await client.mergePatch(SECRETS, { namespace, name: 'values' }, { data });
  for (const { code, text } of await plan()) {
    expect(code, text).toBe(1);
    expect(text).toMatch(/hmac:git:[0-9a-f]{12}/);
    expect(text).not.toContain('hunter2-Correct');
    expect(text).not.toContain('hunter3-Battery');
  }
});

test('with a service account, variables are read with its rights and no others', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  await createValues(world);
  await world.repository.commit({ 'app.yaml': MANIFEST.split('---')[0] ?? '' });
  await makeAccount(client, namespace, 'deployer');
  const verbs = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
  await allow(client, namespace, { name: 'deployer' }, [{ apiGroups: [''], resources: ['configmaps'], verbs }]);
  await world.createGitSync('app', { serviceAccountName: 'deployer', substitute: SUBSTITUTE });
  await world.startEngine();
  const { status } = await world.untilReason('app', 'VariablesInvalid');
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready?.message).toContain(`Secret ${namespace}/values of spec.substitute.from may not be read`);
  expect(await world.get(CONFIG_MAPS, 'shop-config')).toBeNull();
});

test.each([
  ['substitute', { vars: { 'not-a-name': 'x' } }],
  ['substitute', { from: [{ kind: 'Service', name: 'x' }] }],
  ['commonMetadata', { labels: { team: 'not a label' } }],
  ['commonMetadata', { labels: { 'bad key': 'x' } }],
  ['images', [{ name: 'web', newTag: '${tag}' }]],
  ['images', [{ name: 'web', digest: 'sha256:short' }]],
])('the definition refuses spec.%s %j', async (field, value) => {
  const world = await createSyncWorld();
  await expect(world.createGitSync('app', { [field]: value } as never)).rejects.toMatchObject({ code: 'KUBE_INVALID' });
});
