import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inClusterConnection } from '../../../../shared/kube/in-cluster.ts';
import { folderWith } from './kubeconfig-workspace.ts';

const FOLDER = 'var/run/secrets/kubernetes.io/serviceaccount';
const ENV = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
const account = (more: object = {}) =>
  folderWith({
    [`${FOLDER}/token`]: 'first\n',
    [`${FOLDER}/ca.crt`]: 'authority',
    [`${FOLDER}/namespace`]: 'signet-system',
    ...more,
  });

describe('inClusterConnection', () => {
  it("is the service account's", async () => {
    const connection = await inClusterConnection(ENV, await account());
    expect(connection).toMatchObject({
      server: 'https://10.96.0.1:443',
      caPem: 'authority',
      namespace: 'signet-system',
    });
    expect(await connection?.credentials()).toEqual({ headers: { authorization: 'Bearer first' } });
    expect(connection?.describe()).toContain('in-cluster');
  });

  it('reads the token again after a minute, and at once when it was refused', async () => {
    let nowMs = 0;
    const root = await account();
    const connection = await inClusterConnection(ENV, root, () => nowMs);
    const tokenOf = async (renew: boolean) => (await connection?.credentials({ renew }))?.headers['authorization'];
    await writeFile(path.join(root, FOLDER, 'token'), 'second');
    expect(await tokenOf(false)).toBe('Bearer first');
    nowMs = 60_000;
    expect(await tokenOf(false)).toBe('Bearer second');
    await writeFile(path.join(root, FOLDER, 'token'), 'third');
    expect(await tokenOf(true)).toBe('Bearer third');
  });

  it('writes an IPv6 address with brackets', async () => {
    const connection = await inClusterConnection({ ...ENV, KUBERNETES_SERVICE_HOST: 'fd00::1' }, await account());
    expect(connection?.server).toBe('https://[fd00::1]:443');
  });

  it.each([{}, { KUBERNETES_SERVICE_HOST: 'h' }, { KUBERNETES_SERVICE_PORT: '1' }])(
    'is null outside of a cluster: %j',
    async (env) => {
      expect(await inClusterConnection(env, await account())).toBeNull();
    },
  );

  it('is null for a Pod without a service account', async () => {
    expect(await inClusterConnection(ENV, await folderWith({}))).toBeNull();
  });

  it('does not repeat a token file that holds something else', async () => {
    const connection = await inClusterConnection(ENV, await account({ [`${FOLDER}/token`]: 'canary 4711' }));
    const error = await connection?.credentials().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'KUBE_KUBECONFIG_INVALID' });
    expect(String((error as Error).message)).not.toContain('canary');
  });

  it('needs the authority of the account', async () => {
    const root = await folderWith({ [`${FOLDER}/token`]: 't' });
    await expect(inClusterConnection(ENV, root)).rejects.toThrow(
      expect.objectContaining({ code: 'KUBE_KUBECONFIG_INVALID', message: expect.stringContaining('ca.crt') }),
    );
  });
});
