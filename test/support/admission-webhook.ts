/** @module A validating webhook on loopback that a real API server calls, for one namespace. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { KubeClient } from '../../shared/kube/client.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import { issueLoopbackCertificate } from './loopback-certificate.ts';

const CONFIGURATIONS: ResourceType = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

/** What a webhook says of one write: why it is denied, or null. */
export type Verdict = (name: string) => string | null;

/** A registered webhook. */
export interface AdmissionWebhook {
  /** Judges by this from now on. */
  judge(verdict: Verdict): void;
  /** Nobody answers the API server any more; the registration stays. */
  hangUp(): Promise<void>;
  /** Takes the registration away, too. */
  remove(): Promise<void>;
}

/** Registers `name` for writes of ConfigMaps in `namespace`; without its answer they are refused. */
export async function registerWebhook(
  client: KubeClient,
  { name, namespace, verdict }: { readonly name: string; readonly namespace: string; readonly verdict: Verdict },
): Promise<AdmissionWebhook> {
  let current = verdict;
  const { keyPem, certificatePem } = issueLoopbackCertificate();
  const server = createServer({ key: keyPem, cert: certificatePem }, async (incoming, outgoing) => {
    const { request } = (await json(incoming)) as { request: { uid: string; name: string } };
    const message = current(request.name);
    const response = { uid: request.uid, allowed: message === null, ...(message !== null && { status: { message } }) };
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
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
        timeoutSeconds: 5,
      },
    ],
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
