import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../../../cli/connect/cluster.ts';
import { findController } from '../../../../cli/kubeseal/find-controller.ts';
import type { ClusterFlags } from '../../../../cli/kubeseal/kubeseal-flags.ts';
import type { Session } from '../../../../cli/terminal/session.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';

const session = { report: { note: () => undefined } } as unknown as Session;

/** A cluster with these Services, as `namespace/name`; each has one port, `web`. */
function clusterWith(...services: readonly string[]): Cluster {
  const get = async (_type: unknown, { namespace, name }: { namespace: string; name: string }) =>
    services.includes(`${namespace}/${name}`) ? { spec: { ports: [{ name: 'web' }] } } : null;
  return { client: { get }, namespace: 'default', description: 'test' } as unknown as Cluster;
}

function flagsOf(choice: Partial<ClusterFlags> = {}): ClusterFlags {
  return { kubeconfig: '', context: '', requestTimeout: '', overrides: {}, ...choice };
}

describe('the controller', () => {
  test.each([
    [['kube-system/sealed-secrets-controller', 'signet-system/signet-controller'], 'sealed-secrets-controller'],
    [['kube-system/sealed-secrets', 'signet-system/signet-controller'], 'sealed-secrets'],
    [['signet-system/signet-controller'], 'signet-controller'],
    [['kube-system/signet-controller'], 'signet-controller'],
  ])('that nobody named is the first of %j that kubeseal, the chart and Signet would make', async (services, name) => {
    const found = await findController(session, clusterWith(...services), flagsOf());
    expect(found).toMatchObject({ name, port: 'web' });
  });

  test('that nobody named is rather one that is there than one that may not be looked for', async () => {
    const get = async (_type: unknown, { namespace }: { namespace: string }) => {
      if (namespace === 'kube-system') throw new KubeError('KUBE_FORBIDDEN', 'no');
      return { spec: { ports: [{ name: 'http' }] } };
    };
    const cluster = { client: { get }, description: 'test' } as unknown as Cluster;
    const place = { namespace: 'signet-system', name: 'signet-controller', port: 'http' };
    expect(await findController(session, cluster, flagsOf())).toEqual(place);
  });

  test('that may not be looked for anywhere is tried under its usual name', async () => {
    const get = async () => {
      throw new KubeError('KUBE_FORBIDDEN', 'no');
    };
    const cluster = { client: { get }, description: 'test' } as unknown as Cluster;
    const place = { namespace: 'kube-system', name: 'sealed-secrets-controller', port: '' };
    expect(await findController(session, cluster, flagsOf())).toEqual(place);
  });

  test('that was named is the only one that is looked for', async () => {
    const cluster = clusterWith('kube-system/sealed-secrets-controller');
    await expect(findController(session, cluster, flagsOf({ controllerName: 'mine' }))).rejects.toThrow(
      /^cannot get sealed secret service: services "mine" not found\.\nPlease, use the flag --controller-name /,
    );
  });

  test('that cannot be asked for is an error with its cause', async () => {
    const get = async () => {
      throw new KubeError('KUBE_UNREACHABLE', 'cannot reach the API server');
    };
    const cluster = { client: { get }, description: 'test' } as unknown as Cluster;
    await expect(findController(session, cluster, flagsOf())).rejects.toMatchObject({
      message: 'cannot get sealed secret service',
      cause: { code: 'KUBE_UNREACHABLE' },
    });
  });
});
