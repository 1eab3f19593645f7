/**
 * @module The SealedSecret definition as clusters that sealed-secrets was installed in have it. Of a status it knows
 * little: fields that it does not name are pruned from every write.
 */
import { type ApiAccess, askApi, callApi } from '../control-plane/api-request.ts';
import { eventually } from './eventually.ts';

const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };

const condition = {
  type: 'object',
  required: ['status', 'type'],
  properties: {
    type: text,
    status: text,
    reason: text,
    message: text,
    lastTransitionTime: { type: 'string', format: 'date-time' },
    lastUpdateTime: { type: 'string', format: 'date-time' },
  },
};

const template = {
  type: 'object',
  properties: {
    data: { ...texts, nullable: true },
    immutable: { type: 'boolean' },
    metadata: {
      type: 'object',
      nullable: true,
      'x-kubernetes-preserve-unknown-fields': true,
      properties: {
        annotations: texts,
        finalizers: { type: 'array', items: text },
        labels: texts,
        name: text,
        namespace: text,
      },
    },
    type: text,
  },
};

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      required: ['encryptedData'],
      properties: {
        data: { type: 'string', format: 'byte' },
        encryptedData: { ...texts, 'x-kubernetes-preserve-unknown-fields': true },
        template,
      },
    },
    status: {
      type: 'object',
      properties: {
        conditions: { type: 'array', items: condition },
        observedGeneration: { type: 'integer', format: 'int64' },
      },
    },
  },
};

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'sealedsecrets.bitnami.com' },
  spec: {
    group: 'bitnami.com',
    names: { kind: 'SealedSecret', listKind: 'SealedSecretList', plural: 'sealedsecrets', singular: 'sealedsecret' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Status', type: 'string', jsonPath: '.status.conditions[0].message' },
          { name: 'Synced', type: 'string', jsonPath: '.status.conditions[0].status' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: { openAPIV3Schema: schema },
      },
    ],
  },
};

/** Installs it as Helm does, and waits until SealedSecrets are served. */
export async function installPeerDefinition(access: ApiAccess): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldManager=helm';
  await callApi(access, { method: 'POST', path, body: definition });
  await eventually(async () => {
    const { status } = await askApi(access, 'GET', '/apis/bitnami.com/v1alpha1/sealedsecrets');
    if (status !== 200) throw new Error(`SealedSecrets are not served yet: ${status}`);
  });
}
