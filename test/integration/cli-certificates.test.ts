import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { exposeLocalService } from '../control-plane/service-endpoint.ts';
import { listenLocally } from '../support/listen-locally.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { type CliResult, runCli, withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { createUnsealWorld } from '../support/unseal-world.ts';

function runInCluster(cwd: string, argv: readonly string[], stdin = ''): Promise<CliResult> {
  return runCli([...argv, '--kubeconfig', inject('kubeconfig')], { cwd, stdin });
}

function secretIn(namespace: string): string {
  return `{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: ${namespace}}, stringData: {user: admin, password: hunter2}}`;
}

test('a Secret sealed with the certificate of signet-keys is unsealed by that controller', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await withTempFolder(async (cwd) => {
    const argv = ['seal', '-o', 'json', '--controller-namespace', world.keyNamespace];
    const { code, stdout, stderr } = await runInCluster(cwd, argv, secretIn(world.namespace));
    expect(stderr).toMatch(
      new RegExp(`^signet: sealing to SHA256:WHVp\\S+ of ConfigMap signet-keys in ${world.keyNamespace} of https://`),
    );
    expect(code).toBe(0);
    await world.create(JSON.parse(stdout) as SealedSecret);
    await world.untilValues({ password: 'hunter2', user: 'admin' });
  });
});

test('cert --pin writes every certificate of the controller, and sealing then asks no cluster', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  await world.start();
  await withTempFolder(async (cwd) => {
    const place = ['--controller-namespace', world.keyNamespace];
    expect(await runInCluster(cwd, ['cert', '--pin', ...place])).toMatchObject({ code: 0, stdout: '' });
    const pinned = await readFile(path.join(cwd, '.signet/keys.pem'), 'utf8');
    expect(pinned.match(/^# SHA256:.*$/gm)).toHaveLength(2);
    const sealed = await runCli(['seal', '-o', 'json'], { cwd, stdin: secretIn(world.namespace) });
    expect(sealed.code).toBe(0);
    await world.create(JSON.parse(sealed.stdout) as SealedSecret);
    await world.untilValues({ password: 'hunter2', user: 'admin' });
  });
});

test('the certificate of a controller without signet-keys comes through the service proxy', async () => {
  const client = await adminClient();
  const namespace = await freshNamespace(client);
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/v1/cert.pem' ? 200 : 404).end(FIRST_KEY.certificatePem);
  });
  const port = await listenLocally(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const connection = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  const { headers } = await connection.credentials();
  const adminToken = String(headers['authorization']).replace('Bearer ', '');
  const access = { server: connection.server, caPem: connection.caPem ?? '', adminToken };
  await exposeLocalService(access, { namespace, service: 'sealed-secrets', port, portName: '' });
  await withTempFolder(async (cwd) => {
    const { code, stdout, stderr } = await runInCluster(cwd, ['cert', '--controller-namespace', namespace]);
    expect(stderr).toContain(`of Service sealed-secrets in ${namespace} of https://`);
    expect(stdout).toBe(FIRST_KEY.certificatePem);
    expect(code).toBe(0);
  });
});

test('a cluster without a controller is told with every place that was tried', async () => {
  const namespace = await freshNamespace(await adminClient());
  await withTempFolder(async (cwd) => {
    await writeFile(path.join(cwd, 'secret.yaml'), secretIn('shop'));
    const argv = ['seal', '-f', 'secret.yaml', '-w', 'sealed.yaml', '--controller-namespace', namespace];
    const { code, stderr } = await runInCluster(cwd, argv);
    expect(stderr).toContain(
      `ConfigMap ${namespace}/signet-keys: not found; Service ${namespace}/signet-controller: not found`,
    );
    expect(stderr).toContain('signet: hint: say where the controller is with --controller-namespace');
    expect(code).toBe(4);
    await expect(readFile(path.join(cwd, 'sealed.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
