import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadKubeconfig } from '../../../../shared/kube/kubeconfig.ts';
import type { KubeconfigOverrides } from '../../../../shared/kube/kubeconfig-overrides.ts';
import { withTempFolder } from '../../../support/run-cli.ts';

const CONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'here',
  clusters: [
    { name: 'near', cluster: { server: 'https://near:6443', 'certificate-authority-data': btoa('near ca') } },
    { name: 'far', cluster: { server: 'https://far:6443' } },
  ],
  users: [
    { name: 'ada', user: { token: 'inline', tokenFile: 'absent' } },
    { name: 'bob', user: { username: 'bob', password: 'secret' } },
  ],
  contexts: [{ name: 'here', context: { cluster: 'near', user: 'ada', namespace: 'shop' } }],
};

/** The connection of the kubeconfig above under `overrides`; files are relative to its folder. */
function connect(overrides: KubeconfigOverrides) {
  return withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'config'), JSON.stringify(CONFIG));
    await writeFile(path.join(folder, 'ca.pem'), 'other ca');
    const connection = await loadKubeconfig({ path: 'config', env: {}, cwd: folder, overrides });
    return { ...connection, headers: (await connection.credentials()).headers };
  });
}

describe('overrides of a kubeconfig', () => {
  test('that are empty change nothing', async () => {
    const connection = await connect({ server: '', token: '', namespace: '', cluster: '', asGroups: [] });
    expect(connection).toMatchObject({ server: 'https://near:6443', caPem: 'near ca', namespace: 'shop' });
    expect(connection.headers).toEqual({ authorization: 'Bearer inline' });
  });

  test('name other entries', async () => {
    const connection = await connect({ cluster: 'far', user: 'bob', namespace: 'other' });
    expect(connection).toMatchObject({ server: 'https://far:6443', namespace: 'other' });
    expect(connection.headers).toEqual({ authorization: `Basic ${btoa('bob:secret')}` });
  });

  test('that name an entry which is not there are refused', async () => {
    await expect(connect({ user: 'eve' })).rejects.toMatchObject({ code: 'KUBE_KUBECONFIG_INVALID' });
  });

  test('replace the address and all that it is trusted by', async () => {
    expect(
      await connect({ server: 'https://new:1', certificateAuthority: 'ca.pem', tlsServerName: 'name' }),
    ).toMatchObject({
      server: 'https://new:1',
      caPem: 'other ca',
      tlsServerName: 'name',
    });
    const insecure = await connect({ insecureSkipTlsVerify: true });
    expect([insecure.insecureSkipTlsVerify, insecure.caPem]).toEqual([true, undefined]);
  });

  test('replace a token and its file, and act as somebody else', async () => {
    const { headers } = await connect({ token: 'new', as: 'eve', asUid: '7', asGroups: ['a', 'b'] });
    expect(headers).toEqual({
      authorization: 'Bearer new',
      'impersonate-user': 'eve',
      'impersonate-uid': '7',
      'impersonate-group': ['a', 'b'],
    });
  });

  test('that would act as a group without a name are refused', async () => {
    await expect(connect({ asGroups: ['system:masters'] })).rejects.toMatchObject({ code: 'KUBE_KUBECONFIG_INVALID' });
  });

  test('with a server need no kubeconfig at all', async () => {
    const connection = await loadKubeconfig({ env: {}, overrides: { server: 'https://new:1', token: 'new' } });
    expect(connection).toMatchObject({ server: 'https://new:1', namespace: 'default' });
    expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer new' });
  });
});
