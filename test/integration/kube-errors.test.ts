import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { isKubeError, type KubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { registerWebhook } from '../support/admission-webhook.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { DEPLOYMENTS, JOBS } from '../support/resource-types.ts';

const CANARY = `canary-${randomBytes(6).toString('hex')}`;
const CANARY_NUMBER = 918273645;
const CANARY_BASE64 = Buffer.from(CANARY).toString('base64');

interface World {
  readonly client: KubeClient;
  readonly secret: (more: object, name?: string) => KubeObject;
  readonly deployment: (env: unknown, spec?: object) => KubeObject;
  readonly job: (value: string) => KubeObject;
}

async function setUp(): Promise<World> {
  const client = await adminClient();
  const namespace = await freshNamespace(client);
  const pod = (env: unknown) => ({ containers: [{ name: 'web', image: 'nginx', env }] });
  return {
    client,
    secret: (more, name = 's') => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, ...more }),
    deployment: (env, spec = {}) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', namespace },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'd' } },
        template: { metadata: { labels: { app: 'd' } }, spec: pod(env) },
        ...spec,
      },
    }),
    job: (value) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', namespace },
      spec: { suspend: true, template: { spec: { restartPolicy: 'Never', ...pod([{ name: 'A', value }]) } } },
    }),
  };
}

async function refusal(call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(
    () => expect.fail('the API server took it'),
    (thrown: unknown) => thrown,
  );
  if (!isKubeError(error)) throw error;
  const shown = [error.message, error.stack, error.hint, describeError(error), JSON.stringify(error)].join('\n');
  for (const canary of [CANARY, CANARY_BASE64, String(CANARY_NUMBER)]) expect(shown).not.toContain(canary);
  return error;
}

const APPLY = { fieldManager: 'tester' };

describe('refused Secrets quote no value', () => {
  it.each([
    ['data that is no base64', { data: { a: `${CANARY}!` } }, 'a value is not base64'],
    ['a number in data', { data: { a: CANARY_NUMBER } }, 'data'],
    ['a number in stringData', { stringData: { a: CANARY_NUMBER } }, 'stringData'],
    ['a map in stringData', { stringData: { a: { [CANARY]: CANARY } } }, 'stringData'],
    ['a list for stringData', { stringData: [CANARY, `x\n${CANARY}`] }, 'stringData'],
    ['a string for data', { data: CANARY }, 'data'],
    ['an unknown field', { dat: { a: CANARY } }, 'dat: unknown field'],
    ['a bad label', { metadata: { name: 's', labels: { a: `${CANARY} with blanks` } } }, 'metadata.labels'],
    [
      'a bad docker configuration',
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': CANARY } },
      'data[.dockerconfigjson]: invalid value',
    ],
    [
      'too much data',
      { stringData: { a: CANARY.repeat(60_000) } },
      'data: too long: may not be more than 1048576 bytes',
    ],
  ])('%s', async (_what, more, words) => {
    const { client, secret } = await setUp();
    const object = secret(more);
    const withNamespace = { ...object, metadata: { ...secret({}).metadata, ...object.metadata } };
    const applied = await refusal(client.apply(SECRETS, withNamespace, APPLY));
    expect(applied).toMatchObject({ code: 'KUBE_INVALID', message: expect.stringContaining(words) });
    // Without strict validation an unknown field is taken, and dropped.
    if ('dat' in more) return;
    const created = await refusal(client.create(SECRETS, withNamespace));
    expect(created).toMatchObject({ code: 'KUBE_INVALID', message: expect.stringContaining(words) });
  });

  it('a change of an immutable one', async () => {
    const { client, secret } = await setUp();
    await client.create(SECRETS, secret({ immutable: true, stringData: { a: CANARY } }));
    const error = await refusal(client.replace(SECRETS, secret({ immutable: true, stringData: { a: `${CANARY}2` } })));
    expect(error.message).toContain('data: forbidden: field is immutable when `immutable` is set');
    expect(error.causes).toEqual([{ field: 'data', reason: 'FieldValueForbidden' }]);
  });

  it('a merge patch of a wrong type, which the server answers with the whole live object', async () => {
    const { client, secret } = await setUp();
    const { metadata } = await client.create(SECRETS, secret({ stringData: { a: CANARY, b: CANARY } }));
    const reference = { namespace: metadata.namespace, name: 's' };
    const error = await refusal(client.mergePatch(SECRETS, reference, { data: { b: CANARY_NUMBER } }));
    expect(error).toMatchObject({ code: 'KUBE_INVALID', status: 422 });
    expect(error.message).toContain('data: expected base64 text, found number');
  });
});

describe('refused objects of other kinds quote no value', () => {
  const env = [{ name: 'A', value: CANARY }];

  it.each([
    ['a number in the environment', [{ name: 'A', value: CANARY_NUMBER }], {}, 'env'],
    ['a map in the environment', [{ name: 'A', value: { x: CANARY } }], {}, 'env'],
    ['two variables of one name', [...env, ...env], {}, 'two entries with the same key'],
    ['an unknown field', env, { foo: CANARY }, 'spec.foo: unknown field'],
    ['text for a number', env, { replicas: CANARY }, 'spec.replicas: expected numeric'],
    ['labels that do not match', env, { selector: { matchLabels: { app: CANARY } } }, 'spec.template.metadata.labels'],
  ])('%s', async (_what, variables, spec, words) => {
    const { client, deployment } = await setUp();
    const error = await refusal(client.apply(DEPLOYMENTS, deployment(variables, spec), APPLY));
    expect(error).toMatchObject({ code: 'KUBE_INVALID', message: expect.stringContaining(words) });
  });

  it('a change of an immutable template, which the server prints whole', async () => {
    const { client, job } = await setUp();
    await client.create(JOBS, job(CANARY));
    const error = await refusal(client.apply(JOBS, job(`${CANARY}": x, "y`), APPLY));
    expect(error.message).toContain('spec.template: invalid value: field is immutable');
    expect(error.causes).toContainEqual({ field: 'spec.template', reason: 'FieldValueInvalid' });
  });

  it('a selector that may not change', async () => {
    const { client, deployment } = await setUp();
    await client.create(DEPLOYMENTS, deployment(env));
    const labels = { app: 'd', x: CANARY };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
    const error = await refusal(
      client.replace(DEPLOYMENTS, deployment(env, { selector: { matchLabels: labels }, template })),
    );
    expect(error.message).toContain('spec.selector: invalid value: field is immutable');
  });

  it('several wrong values at once, each with its field', async () => {
    const { client } = await setUp();
    const namespace = await freshNamespace(client);
    const data = { a: true, b: CANARY_NUMBER, d: [CANARY] };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace }, data };
    const error = await refusal(client.apply(CONFIG_MAPS, object, APPLY));
    for (const field of ['data.a', 'data.b', 'data.d']) expect(error.message).toContain(`${field}: expected string`);
  });
});

describe('a write that a webhook holds up for as long as it may', () => {
  it('ends in what the API server says of the webhook', async () => {
    const client = await adminClient();
    const namespace = await freshNamespace(client);
    const name = `slow.${namespace}.example.com`;
    const verdict = () => new Promise<null>(() => undefined);
    const webhook = await registerWebhook(client, { name, namespace, verdict, timeoutSeconds: 30 });
    onTestFinished(() => webhook.remove());
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace } };
    const error = await refusal(untilRegistered(() => client.apply(CONFIG_MAPS, object, APPLY)));
    expect(error.message).toContain(`failed calling webhook "${name}"`);
  }, 150_000);
});

/** The API server learns of a registration some time after it took it. */
async function untilRegistered(write: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) await write();
}
