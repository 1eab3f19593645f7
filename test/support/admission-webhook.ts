/** @module A validating webhook on loopback that a real API server calls, for one namespace. */
import { createServer } from 'node:https';
import { json } from 'node:stream/consumers';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, type ResourceType } from '../../shared/kube/resource-type.ts';
import { eventually } from './eventually.ts';
import { listenLocally } from './listen-locally.ts';
import { issueLoopbackCertificate } from './loopback-certificate.ts';

const CONFIGURATIONS: ResourceType = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

/** What a webhook says of one write: why it is denied, or null; in its own time. */
export type Verdict = (name: string) => string | null | Promise<string | null>;

/** A registered webhook. */
export interface AdmissionWebhook {
  /** Judges by this from now on. */
  judge(verdict: Verdict): void;
  /** Nobody answers the API server any more; the registration stays. */
  hangUp(): Promise<void>;
  /** Takes the registration away, too. */
  remove(): Promise<void>;
}

/** What to register. */
export interface WebhookOptions {
  readonly name: string;
  readonly namespace: string;
  readonly verdict: Verdict;
  /** How long the API server waits for a verdict; default 5, at most 30. */
  readonly timeoutSeconds?: number;
}

/** Name of a ConfigMap that is offered and never made, to find out whether the API server asks. */
const PROBE = 'is-the-webhook-asked';

/** Registers `name` for writes of ConfigMaps in `namespace`; without its answer they are refused. Resolves when the API server asks it. */
export async function registerWebhook(
  client: KubeClient,
  { name, namespace, verdict, timeoutSeconds = 5 }: WebhookOptions,
): Promise<AdmissionWebhook> {
  let current = verdict;
  let isAsked = false;
  const { keyPem, certificatePem } = issueLoopbackCertificate();
  const server = createServer({ key: keyPem, cert: certificatePem }, async (incoming, outgoing) => {
    const { request } = (await json(incoming)) as { request: { uid: string; name: string } };
    if (request.name === PROBE) isAsked = true;
    const message = request.name === PROBE ? null : await current(request.name);
    const response = { uid: request.uid, allowed: message === null, ...(message !== null && { status: { message } }) };
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
  });
  const port = await listenLocally(server);
  await client.create(CONFIGURATIONS, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name,
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: Buffer.from(certificatePem).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds,
      },
    ],
  });
  // It hears of the registration some time after it took it.
  await eventually(async () => {
    const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: PROBE } };
    await client.create(CONFIG_MAPS, probe, { dryRun: true });
    if (!isAsked) throw new Error('the API server does not ask the webhook yet');
  });
  const hangUp = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    judge: (next) => {
      current = next;
    },
    hangUp,
    remove: async () => {
      await client.delete(CONFIGURATIONS, { name });
      await hangUp();
    },
  };
}
