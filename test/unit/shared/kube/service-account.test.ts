import { expect, test } from 'vitest';
import type { ClusterConnection, Credentials } from '../../../../shared/kube/connection.ts';
import { accountUser, actingAs } from '../../../../shared/kube/service-account.ts';

function connectionWith(headers: Credentials['headers']): ClusterConnection {
  return {
    server: 'https://192.0.2.1',
    namespace: 'default',
    credentials: async () => ({ headers }),
    describe: () => 'https://192.0.2.1 (test)',
  };
}

test('an account is known by its namespace and name', () => {
  expect(accountUser({ namespace: 'shop', name: 'de.ploy-er' })).toBe('system:serviceaccount:shop:de.ploy-er');
});

test.each(['', ' ', '.', 'a..b', 'A', 'a:b', 'a b', 'a\nb', 'ä', 'a'.repeat(254)])('%j is no name of one', (name) => {
  expect(() => accountUser({ namespace: 'shop', name })).toThrow(expect.objectContaining({ code: 'ACCOUNT_INVALID' }));
  expect(() => accountUser({ namespace: name, name: 'x' })).toThrow(
    expect.objectContaining({ code: 'ACCOUNT_INVALID' }),
  );
  expect(() => actingAs(connectionWith({}), { namespace: 'shop', name })).toThrow(/is no name of one/);
});

test('every set of credentials carries the account, renewed ones as well', async () => {
  const connection = actingAs(connectionWith({ authorization: 'Bearer t' }), { namespace: 'shop', name: 'deployer' });
  const headers = { authorization: 'Bearer t', 'impersonate-user': 'system:serviceaccount:shop:deployer' };
  expect(await connection.credentials()).toEqual({ headers });
  expect(await connection.credentials({ renew: true })).toEqual({ headers });
});

test('who acts as somebody else already cannot act as an account, too', async () => {
  for (const name of ['impersonate-user', 'Impersonate-Group']) {
    const connection = actingAs(connectionWith({ [name]: 'x' }), { namespace: 'shop', name: 'deployer' });
    await expect(connection.credentials()).rejects.toMatchObject({ code: 'KUBE_KUBECONFIG_INVALID' });
  }
});
