import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClusterFacts } from '../../../../shared/kube/kubeconfig-cluster.ts';
import { KubeconfigEntry } from '../../../../shared/kube/kubeconfig-entry.ts';
import { createUserCredentials } from '../../../../shared/kube/kubeconfig-user.ts';
import { createPluginCredentials } from '../../../../shared/kube/plugin-credentials.ts';
import { folderWith } from './kubeconfig-workspace.ts';
import { FIRST_CLIENT_CERT_PEM, FIRST_CLIENT_KEY_PEM } from './stub-certificates.ts';

const CLUSTER: ClusterFacts = { server: 'https://h:6443', caPem: 'authority', tlsServerName: 'other' };

/** A credential program: counts its runs in the file `runs`, then runs `body`. */
const program = (body: string) => `#!${process.execPath}
const fs = require('node:fs');
fs.appendFileSync(__dirname + '/runs', 'x');
const runs = fs.readFileSync(__dirname + '/runs', 'utf8').length;
const answer = (status) => console.log(JSON.stringify({ kind: 'ExecCredential', status }));
${body}
`;

async function entryWith(body: string, exec: object = {}) {
  const folder = await folderWith({ 'bin/login': program(body) });
  const fields = {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/login', args: null, env: null, ...exec },
  };
  return new KubeconfigEntry('user', 'u', path.join(folder, 'config'), fields);
}

async function userWith(body: string, exec: object = {}, clock = { nowMs: 0 }) {
  return createUserCredentials(await entryWith(body, exec), CLUSTER, () => clock.nowMs);
}

const failing = (code: string, text: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(text) });

describe('createPluginCredentials', () => {
  it('runs a program beside the kubeconfig and takes its token', async () => {
    const credentials = await userWith(`answer({ token: 'from-' + process.argv[2] + process.env.SUFFIX })`, {
      args: ['arg'],
      env: [{ name: 'SUFFIX', value: '-env' }],
    });
    expect(await credentials()).toEqual({ headers: { authorization: 'Bearer from-arg-env' } });
  });

  it('takes its certificate', async () => {
    const certificate = JSON.stringify({
      clientCertificateData: FIRST_CLIENT_CERT_PEM,
      clientKeyData: FIRST_CLIENT_KEY_PEM,
    });
    const credentials = await userWith(`answer(${certificate})`);
    expect(await credentials()).toEqual({
      headers: {},
      clientCertPem: FIRST_CLIENT_CERT_PEM,
      clientKeyPem: FIRST_CLIENT_KEY_PEM,
    });
  });

  it('runs once for requests at the same time, and again only to renew', async () => {
    const clock = { nowMs: 0 };
    const credentials = await userWith(`answer({ token: 'run-' + runs })`, {}, clock);
    const all = await Promise.all(Array.from({ length: 10 }, () => credentials()));
    expect(new Set(all.map((each) => each.headers['authorization']))).toEqual(new Set(['Bearer run-1']));
    clock.nowMs += 60_000;
    expect((await credentials()).headers['authorization']).toBe('Bearer run-1');
    expect((await credentials({ renew: true })).headers['authorization']).toBe('Bearer run-2');
    expect((await credentials()).headers['authorization']).toBe('Bearer run-2');
  });

  it('runs once at a time, however long it takes and whoever asks for a new credential', async () => {
    const clock = { nowMs: 0 };
    const credentials = await userWith(`setTimeout(() => answer({ token: 'run-' + runs }), 200)`, {}, clock);
    const first = credentials();
    clock.nowMs += 60_000;
    expect((await Promise.all([first, credentials()])).map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer run-1',
      'Bearer run-1',
    ]);
    const renewed = await Promise.all(Array.from({ length: 5 }, () => credentials({ renew: true })));
    expect(new Set(renewed.map(({ headers }) => headers['authorization']))).toEqual(new Set(['Bearer run-2']));
  });

  it('runs again once the credential has expired', async () => {
    const clock = { nowMs: 0 };
    const credentials = await userWith(
      `answer({ token: 'run-' + runs, expirationTimestamp: '2001-01-01T00:00:00Z' })`,
      {},
      clock,
    );
    await credentials();
    clock.nowMs += 60_000;
    expect((await credentials()).headers['authorization']).toBe('Bearer run-2');
  });

  it('tells the program what it is asked for', async () => {
    const credentials = await userWith(
      `answer({ token: Buffer.from(process.env.KUBERNETES_EXEC_INFO).toString('base64') })`,
      {
        provideClusterInfo: true,
      },
    );
    const token = String((await credentials()).headers['authorization']).replace('Bearer ', '');
    expect(JSON.parse(Buffer.from(token, 'base64').toString())).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: {
        interactive: false,
        cluster: {
          server: 'https://h:6443',
          'tls-server-name': 'other',
          'certificate-authority-data': Buffer.from('authority').toString('base64'),
        },
      },
    });
  });

  it('does not quote what a program printed that is no credential', async () => {
    const credentials = await userWith(`console.log('canary-4711 is my token')`);
    const error = await credentials().catch((thrown: unknown) => thrown);
    expect(error).toEqual(failing('KUBE_UNAUTHORIZED', 'gave no credential'));
    expect(`${(error as Error).message} ${(error as Error).cause}`).not.toContain('canary-4711');
  });

  it('repeats what a failing program said to the user', async () => {
    const credentials = await userWith(`console.error('session expired,\\nrun login'); process.exit(3)`);
    await expect(credentials()).rejects.toThrow(failing('KUBE_UNAUTHORIZED', 'failed: session expired, run login'));
  });

  it('gives a program up that goes on without an answer, and runs it again', async () => {
    const user = await entryWith(`runs === 1 ? setTimeout(() => undefined, 10_000) : answer({ token: 't' })`);
    const credentials = createPluginCredentials(user, CLUSTER, Date.now, 3_000);
    await expect(credentials(false)).rejects.toThrow(failing('KUBE_UNAUTHORIZED', 'no answer within 3 s'));
    const again = () => credentials(false).catch(() => null);
    await expect.poll(async () => (await again())?.headers['authorization'], { timeout: 60_000 }).toBe('Bearer t');
  }, 90_000);

  it('tries again after a failure', async () => {
    const credentials = await userWith(`if (runs === 1) process.exit(1); answer({ token: 't' })`);
    await expect(credentials()).rejects.toThrow(failing('KUBE_UNAUTHORIZED', 'failed'));
    expect((await credentials()).headers['authorization']).toBe('Bearer t');
  });

  it('says which program is not installed, with the hint of the kubeconfig', async () => {
    const credentials = await userWith('', {
      command: 'signet-no-such-login',
      installHint: 'Install the cloud tools.',
    });
    const error = await credentials().catch((thrown: unknown) => thrown);
    expect(error).toEqual(failing('KUBE_KUBECONFIG_INVALID', '"signet-no-such-login" cannot be run'));
    expect(error).toMatchObject({ hint: 'Install the cloud tools.' });
  });

  it('refuses a program that wants a terminal', async () => {
    await expect(userWith('', { interactiveMode: 'Always' })).rejects.toThrow(
      failing('KUBE_KUBECONFIG_INVALID', 'wants a terminal'),
    );
  });

  it('says that an auth-provider failed', async () => {
    const user = new KubeconfigEntry('user', 'u', '/x/config', {
      'auth-provider': { name: 'gcp', config: { 'cmd-path': '/nowhere/signet', 'cmd-args': 'canary-4711' } },
    });
    const credentials = await createUserCredentials(user, CLUSTER, Date.now);
    const error = await credentials().catch((thrown: unknown) => thrown);
    expect(error).toEqual(failing('KUBE_UNAUTHORIZED', 'its auth-provider failed'));
    expect(String((error as Error).message)).not.toContain('canary-4711');
  });
});
