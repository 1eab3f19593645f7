import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../../../cli/connect/cluster.ts';
import { readControllerCertificates } from '../../../../cli/connect/controller-certificates.ts';
import { findKeyList } from '../../../../cli/connect/key-lists.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { ResourceType } from '../../../../shared/kube/resource-type.ts';
import { toKeyListData } from '../../../../shared/resources/key-list.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';

/** A cluster with some objects and some answers of its service proxy; everything else is not there. */
function clusterOf(objects: Record<string, KubeObject | KubeError>, proxy: Record<string, [number, string]> = {}) {
  const asked: string[] = [];
  const client = {
    get: async (type: ResourceType, { namespace = '', name }: { namespace?: string; name: string }) => {
      const key = `${type.kind} ${namespace}/${name}`;
      asked.push(key);
      const found = objects[key];
      if (found instanceof KubeError) throw found;
      return found ?? null;
    },
    raw: async ({ path }: { path: string }) => {
      asked.push(path);
      const [status, text] = proxy[path] ?? [404, 'no'];
      return { status, headers: {}, body: new TextEncoder().encode(text) };
    },
  };
  return { cluster: { client, namespace: 'default', description: 'here' } as unknown as Cluster, asked };
}

const entry = {
  fingerprint: 'SHA256:x',
  state: 'active' as const,
  secret: 'key',
  createdAt: '2026-01-01T00:00:00Z',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
};
const keys = (pem: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {},
  data: toKeyListData({ keys: [entry], unusable: [], certificatesPem: pem }),
});
const service = (port?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {},
  spec: { ports: [{ port: 8080, ...(port === undefined ? {} : { name: port }) }] },
});
const forbidden = new KubeError('KUBE_FORBIDDEN', 'no');

describe('readControllerCertificates', () => {
  test('takes the key list of signet-system', async () => {
    const { cluster } = clusterOf({ 'ConfigMap signet-system/signet-keys': keys('ours') });
    const found = await readControllerCertificates(cluster, {});
    expect(found).toEqual({ pem: 'ours', origin: 'ConfigMap signet-keys in signet-system' });
  });

  const PEER = '/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:web/proxy/v1/cert.pem';
  const OURS = '/api/v1/namespaces/signet-system/services/http:signet-controller:http/proxy/v1/cert.pem';
  const planted = { 'ConfigMap signet-system/signet-keys': keys('planted') };
  const keyless = {
    ...keys(''),
    data: toKeyListData({ keys: [], unusable: [], problem: 'none may be made', certificatesPem: '' }),
  };

  test.each<[string, Record<string, KubeObject>, Record<string, [number, string]>]>([
    ['a second key list', { ...planted, 'ConfigMap kube-system/signet-keys': keys('real') }, {}],
    ['a second key list that has no key', { ...planted, 'ConfigMap kube-system/signet-keys': keyless }, {}],
    [
      'a sealed-secrets controller',
      { ...planted, 'Service kube-system/sealed-secrets-controller': service('web') },
      { [PEER]: [200, 'real'] },
    ],
    ['a controller that is down', { ...planted, 'Service kube-system/sealed-secrets': service('web') }, {}],
    ['one whose port has no name', { ...planted, 'Service kube-system/sealed-secrets-controller': service() }, {}],
    [
      'a second Service that answers',
      {
        'Service signet-system/signet-controller': service('http'),
        'Service kube-system/sealed-secrets-controller': service('web'),
      },
      { [OURS]: [200, 'planted'], [PEER]: [200, 'real'] },
    ],
  ])('does not choose between signet-system and %s in kube-system', async (_what, objects, proxy) => {
    const { cluster } = clusterOf(objects, proxy);
    await expect(readControllerCertificates(cluster, {})).rejects.toMatchObject({
      code: 'CLI_CONTROLLER_AMBIGUOUS',
      message: 'cannot choose a controller in the cluster here: there is one in signet-system and one in kube-system',
      hint: 'say which one is yours with --controller-namespace',
    });
    const chosen = await readControllerCertificates(cluster, { controllerNamespace: 'signet-system' });
    expect(chosen.pem).toBe('planted');
  });

  test('two ways to one controller, as they hand out one certificate, are no choice', async () => {
    const [block, again] = ['QUJD\nREVG', 'QUJDREVG'].map(
      (text) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    );
    const { cluster } = clusterOf(
      {
        'ConfigMap signet-system/signet-keys': keys(block!),
        'Service kube-system/sealed-secrets-controller': service('web'),
      },
      { [PEER]: [200, again!] },
    );
    expect((await readControllerCertificates(cluster, {})).pem).toBe(block);
  });

  test('a controller in kube-system is taken where signet-system has none that answers', async () => {
    const { cluster } = clusterOf(
      {
        'Service signet-system/signet-controller': service('http'),
        'Service kube-system/sealed-secrets-controller': service('web'),
      },
      { [PEER]: [200, 'real'] },
    );
    expect((await readControllerCertificates(cluster, {})).pem).toBe('real');
  });

  test('says why a controller has no key', async () => {
    const { cluster } = clusterOf({ 'ConfigMap signet-system/signet-keys': keyless });
    await expect(readControllerCertificates(cluster, {})).rejects.toThrow('none may be made');
    expect(await findKeyList(cluster, {})).toMatchObject({ namespace: 'signet-system', list: { keys: [] } });
  });

  test('looks only in the namespace that was named', async () => {
    const { cluster } = clusterOf({
      'ConfigMap signet-system/signet-keys': keys('ours'),
      'ConfigMap team/signet-keys': keys('theirs'),
    });
    expect((await readControllerCertificates(cluster, { controllerNamespace: 'team' })).pem).toBe('theirs');
  });

  test('asks a sealed-secrets controller through the service proxy, by the name of its port', async () => {
    const path = '/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:web/proxy/v1/cert.pem';
    const { cluster } = clusterOf(
      { 'Service kube-system/sealed-secrets-controller': service('web') },
      { [path]: [200, 'peer'] },
    );
    const found = await readControllerCertificates(cluster, {});
    expect(found).toEqual({ pem: 'peer', origin: 'Service sealed-secrets-controller in kube-system' });
  });

  test('finds Signet in kube-system, where it takes over from sealed-secrets', async () => {
    const path = '/api/v1/namespaces/kube-system/services/http:signet-controller:http/proxy/v1/cert.pem';
    const { cluster } = clusterOf(
      { 'Service kube-system/signet-controller': service('http') },
      { [path]: [200, 'ours'] },
    );
    const found = await readControllerCertificates(cluster, {});
    expect(found).toEqual({ pem: 'ours', origin: 'Service signet-controller in kube-system' });
  });

  test('asks for each usual Service once in a namespace that was named', async () => {
    const { cluster, asked } = clusterOf({});
    await expect(readControllerCertificates(cluster, { controllerNamespace: 'team' })).rejects.toThrow();
    expect(asked.filter((key) => key.startsWith('Service'))).toEqual([
      'Service team/signet-controller',
      'Service team/sealed-secrets-controller',
      'Service team/sealed-secrets',
    ]);
  });

  test('a key list and a Service that may not be read do not end the search', async () => {
    const path = '/api/v1/namespaces/kube-system/services/http:sealed-secrets:/proxy/v1/cert.pem';
    const { cluster } = clusterOf(
      {
        'ConfigMap signet-system/signet-keys': forbidden,
        'Service kube-system/sealed-secrets': forbidden,
      },
      { [path]: [200, 'peer'] },
    );
    expect((await readControllerCertificates(cluster, {})).pem).toBe('peer');
  });

  test('a Service that may not be read, and does not answer, is no second controller', async () => {
    const { cluster } = clusterOf({ ...planted, 'Service kube-system/sealed-secrets-controller': forbidden });
    expect((await readControllerCertificates(cluster, {})).pem).toBe('planted');
  });

  test('a named Service is asked in both namespaces', async () => {
    const { cluster, asked } = clusterOf({});
    await expect(readControllerCertificates(cluster, { controllerName: 'mine' })).rejects.toMatchObject({
      code: 'CLI_CERTIFICATE_NOT_FOUND',
    });
    expect(asked.filter((key) => key.startsWith('Service'))).toEqual([
      'Service signet-system/mine',
      'Service kube-system/mine',
    ]);
  });

  test('a search without success tells every place and what was wrong there', async () => {
    const { cluster } = clusterOf({
      'ConfigMap signet-system/signet-keys': forbidden,
      'ConfigMap kube-system/signet-keys': { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { other: '' } },
      'Service signet-system/signet-controller': service('http'),
    });
    await expect(readControllerCertificates(cluster, {})).rejects.toMatchObject({
      message:
        "cannot find a controller's certificate in the cluster here: " +
        'ConfigMap signet-system/signet-keys: you may not read it; ' +
        'ConfigMap kube-system/signet-keys: holds no key list; ' +
        'Service signet-system/signet-controller: its /v1/cert.pem answers HTTP 404; ' +
        'Service kube-system/signet-controller: not found; ' +
        'Service kube-system/sealed-secrets-controller: not found; Service kube-system/sealed-secrets: not found',
    });
  });

  test('a cluster out of reach ends the search at once', async () => {
    const { cluster, asked } = clusterOf({
      'ConfigMap signet-system/signet-keys': new KubeError('KUBE_UNREACHABLE', 'no way'),
    });
    await expect(readControllerCertificates(cluster, {})).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
    expect(asked).not.toContainEqual(expect.stringContaining('Service'));
  });
});
