import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { CLUSTER_WIDE_ANNOTATION, DRIFT_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret, SecretTemplate } from '../../shared/resources/sealed-secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { allAgree, type Grade, gradesOf } from '../support/health-graders.ts';
import { encoded, keySecret } from '../support/key-secret.ts';
import { conditionOf } from '../support/live-secrets.ts';
import { PEER_NAMESPACE, type PeerCluster, startPeerCluster } from '../support/peer-cluster.ts';
import { POLICIES, POLICY_BINDINGS } from '../support/resource-types.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { firstCertificate, secondCertificate, secretOf } from '../support/test-secrets.ts';

const NAMESPACE = 'grading';

/** One state: how a SealedSecret gets into it, and how everybody should judge it. */
interface State {
  readonly reason: string;
  readonly grade: Grade;
  readonly template?: SecretTemplate;
  readonly values?: Readonly<Record<string, string>>;
  readonly certificate?: typeof firstCertificate;
  edit?(sealed: SealedSecret): SealedSecret;
  /** What is done once the object was unsealed. */
  after?(client: KubeClient, name: string): Promise<unknown>;
}

const patchSecret = (client: KubeClient, name: string, patch: Record<string, unknown>) =>
  client.mergePatch(SECRETS, { namespace: NAMESPACE, name }, patch);

const withAnnotation = (sealed: SealedSecret, name: string, value: string): SealedSecret => ({
  ...sealed,
  metadata: { ...sealed.metadata, annotations: { ...sealed.metadata.annotations, [name]: value } },
});

const STATES: Readonly<Record<string, State>> = {
  unsealed: { reason: 'Unsealed', grade: 'healthy' },
  'drift-reported': {
    reason: 'Unsealed',
    grade: 'healthy',
    edit: (sealed) => withAnnotation(sealed, DRIFT_ANNOTATION, 'report'),
    after: (client, name) => patchSecret(client, name, { data: encoded({ password: 'edited' }) }),
  },
  'key-not-found': { reason: 'KeyNotFound', grade: 'failed', certificate: secondCertificate },
  'wrong-scope': {
    reason: 'WrongScope',
    grade: 'failed',
    edit: (sealed) => withAnnotation(sealed, CLUSTER_WIDE_ANNOTATION, 'true'),
  },
  malformed: {
    reason: 'Malformed',
    grade: 'failed',
    edit: (sealed) => ({ ...sealed, spec: { ...sealed.spec, encryptedData: { password: 'AgBB' } } }),
  },
  'template-failed': {
    reason: 'TemplateFailed',
    grade: 'failed',
    template: { metadata: { labels: { app: 'not a label!' } } },
  },
  'type-refused': {
    reason: 'TypeRefused',
    grade: 'failed',
    template: { type: 'kubernetes.io/dockerconfigjson' },
    values: { '.dockerconfigjson': 'no json' },
  },
  'secret-exists': { reason: 'SecretExists', grade: 'failed' },
  immutable: {
    reason: 'SecretImmutable',
    grade: 'failed',
    template: { immutable: true },
    after: async (client, name) => {
      const { spec } = await sealed(name, { values: { password: 'new' } });
      await client.mergePatch(SEALED_SECRETS, { namespace: NAMESPACE, name }, { spec });
    },
  },
  forbidden: { reason: 'Forbidden', grade: 'failed' },
  'write-failed': { reason: 'WriteFailed', grade: 'failed' },
};

async function sealed(name: string, state: Partial<State>): Promise<SealedSecret> {
  const secret = secretOf(state.values ?? { password: 'p' }, { metadata: { name, namespace: NAMESPACE } });
  const object = await sealSecret(secret, { certificate: state.certificate ?? firstCertificate });
  const spec = { ...object.spec, ...(state.template && { template: state.template }) };
  return state.edit?.({ ...object, spec }) ?? { ...object, spec };
}

const WEBHOOK = {
  ...POLICIES,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
};

/** Has the API server refuse Secrets of two names: one by a policy, one since it cannot ask whoever is to judge it. */
async function refuseByRules(client: KubeClient): Promise<void> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] };
  const webhook = {
    name: 'nobody.example.com',
    clientConfig: { url: 'https://127.0.0.1:1/' },
    rules: [rule],
    matchConditions: [{ name: 'one-name', expression: "object.metadata.name == 'write-failed'" }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  await client.create(WEBHOOK, { apiVersion, kind: WEBHOOK.kind, metadata: { name: 'grading' }, webhooks: [webhook] });
  const validations = [{ expression: "object.metadata.name != 'forbidden'" }];
  const spec = { failurePolicy: 'Fail', matchConstraints: { resourceRules: [rule] }, validations };
  await client.create(POLICIES, { apiVersion, kind: POLICIES.kind, metadata: { name: 'grading' }, spec });
  const binding = { policyName: 'grading', validationActions: ['Deny'] };
  await client.create(POLICY_BINDINGS, {
    apiVersion,
    kind: POLICY_BINDINGS.kind,
    metadata: { name: 'grading' },
    spec: binding,
  });
  for (const name of ['forbidden', 'write-failed']) {
    const probe = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE } };
    await eventually(() => expect(client.create(SECRETS, probe, { dryRun: true })).rejects.toThrow());
  }
}

describe.each(['theirs', 'ours'] as const)('with the definition of SealedSecrets that is %s', (definition) => {
  let cluster: PeerCluster;
  let controller: ControllerProcess;
  const get = async (name: string): Promise<SealedSecret> =>
    (await cluster.client.get(SEALED_SECRETS, { namespace: NAMESPACE, name })) as SealedSecret;

  beforeAll(async () => {
    // No peer is started: of its cluster only the definition matters here.
    cluster = await startPeerCluster('');
    await cluster.installSignet(definition);
    await cluster.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await cluster.client.create(SECRETS, keySecret(PEER_NAMESPACE, 'sealed-secrets-key-0', FIRST_KEY));
    await refuseByRules(cluster.client);
    const standing = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'secret-exists', namespace: NAMESPACE } };
    await cluster.client.create(SECRETS, standing);
    for (const [name, state] of Object.entries(STATES)) {
      await cluster.client.create(SEALED_SECRETS, await sealed(name, state));
    }
  });

  afterAll(() => cluster.stop());

  test('an object that no controller has seen yet progresses', async () => {
    // Without a default for the status kstatus takes an object that says nothing for a healthy one; nothing can be done there.
    const expected = { ...allAgree('progressing'), ...(definition === 'theirs' && { kstatus: 'healthy' }) };
    expect(gradesOf(await get('unsealed'))).toEqual(expected);
  });

  test('every state that the controller can bring about is judged alike by all', async () => {
    controller = await cluster.startSignet();
    const isDone = async (name: string, reason: string) => {
      const object = await get(name);
      expect([conditionOf(object, 'Ready')?.reason, object.status?.observedGeneration]).toEqual([
        reason,
        object.metadata.generation,
      ]);
      return object;
    };
    for (const [name, { after }] of Object.entries(STATES)) {
      if (after === undefined) continue;
      await eventually(() => isDone(name, 'Unsealed'));
      await after(cluster.client, name);
    }
    for (const [name, { reason, grade }] of Object.entries(STATES)) {
      const object = await eventually(() => isDone(name, reason));
      expect([name, gradesOf(object)]).toEqual([name, allAgree(grade)]);
    }
  });

  test('a reported edit is a condition of its own beside them', async () => {
    const object = await eventually(async () => {
      const drifted = await get('drift-reported');
      expect(conditionOf(drifted, 'Drifted')).toMatchObject({ status: 'True', reason: 'SecretChanged' });
      return drifted;
    });
    expect(gradesOf(object)).toEqual(allAgree('healthy'));
    const { data } = (await cluster.client.get(SECRETS, { namespace: NAMESPACE, name: 'drift-reported' })) as never;
    expect(data).toEqual(encoded({ password: 'edited' }));
  });

  test('an edit that the controller has not seen yet progresses, but for Argo CD, which reads no generation', async () => {
    await controller.stop();
    const { spec } = await sealed('unsealed', { values: { password: 'new' } });
    await cluster.client.mergePatch(SEALED_SECRETS, { namespace: NAMESPACE, name: 'unsealed' }, { spec });
    expect(gradesOf(await get('unsealed'))).toEqual({ ...allAgree('progressing'), argo: 'healthy' });
  });
});
