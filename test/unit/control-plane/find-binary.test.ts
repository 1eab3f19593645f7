import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cachedPath, findControlPlaneBinaries } from '../../control-plane/find-binary.ts';
import { CONTROL_PLANE_BINARIES } from '../../control-plane/pinned-versions.ts';
import { bareMachine, serve, temporaryFolder } from './release-server.ts';

const nowhere: RequestListener = (_request, response) => void response.writeHead(503).end();

async function writeProgram(file: string, content = '#!/bin/sh\n'): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, 0o755);
}

test('findControlPlaneBinaries prefers KUBEBUILDER_ASSETS to the cache, binary by binary', async () => {
  const assetsFolder = await temporaryFolder();
  const environment = { ...(await bareMachine()), assetsFolder };
  for (const binary of CONTROL_PLANE_BINARIES) await writeProgram(cachedPath(binary, environment));
  await writeProgram(path.join(assetsFolder, 'etcd'));
  await writeFile(path.join(assetsFolder, 'kubectl'), 'not executable');
  const paths = await findControlPlaneBinaries({ environment, report: () => undefined });
  expect(paths).toEqual({
    etcd: path.join(assetsFolder, 'etcd'),
    kubectl: cachedPath('kubectl', environment),
    'kube-apiserver': cachedPath('kube-apiserver', environment),
    'kube-controller-manager': cachedPath('kube-controller-manager', environment),
  });
});

test('findControlPlaneBinaries keeps a verified download in the cache and does not ask for it again', async () => {
  const environment = await bareMachine();
  for (const binary of ['etcd', 'kubectl', 'kube-controller-manager'] as const) {
    await writeProgram(cachedPath(binary, environment));
  }
  const asked: string[] = [];
  const site = await serve((request, response) => {
    asked.push(path.posix.basename(request.url ?? ''));
    response.end(request.url?.endsWith('.sha512') ? createHash('sha512').update('bits').digest('hex') : 'bits');
  });
  const search = { environment, report: () => undefined, sites: { kubernetes: site, etcd: site } };
  const first = await findControlPlaneBinaries(search);
  expect(await readFile(first['kube-apiserver'], 'utf8')).toBe('bits');
  expect(await findControlPlaneBinaries(search)).toEqual(first);
  expect(asked).toEqual(['kube-apiserver.sha512', 'kube-apiserver']);
});

test('findControlPlaneBinaries says in one sentence what is missing without downloads and without Go', async () => {
  const environment = await bareMachine();
  const site = await serve(nowhere);
  const search = findControlPlaneBinaries({
    environment,
    report: () => undefined,
    sites: { kubernetes: site, etcd: site },
  });
  await expect(search).rejects.toMatchObject({
    code: 'CONTROL_PLANE_BINARY_MISSING',
    message: expect.stringMatching(/^cannot bring etcd v[\d.]+: cannot download .* 503, and there is no Go on PATH/),
  });
});

test('findControlPlaneBinaries asks a site that cannot be reached once, says so, and builds the rest from source', async () => {
  const machine = await bareMachine();
  const bin = machine.variables['PATH'] ?? '';
  const environment = { ...machine, variables: { PATH: `${bin}:/usr/bin:/bin` } };
  const go = path.join(bin, 'go');
  await writeProgram(go, '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\necho built > "$2"\n');
  let asked = 0;
  const site = await serve((request, response) => {
    asked += 1;
    nowhere(request, response);
  });
  const lines: string[] = [];
  const paths = await findControlPlaneBinaries({
    environment,
    report: (line) => lines.push(line),
    sites: { kubernetes: site, etcd: site },
  });
  expect(asked).toBe(1);
  expect(lines.filter((line) => line.includes('going on without downloads'))).toHaveLength(1);
  expect(await readFile(paths['kube-apiserver'], 'utf8')).toBe('built\n');
});

test('findControlPlaneBinaries reports the last lines of a build that fails, and caches nothing', async () => {
  const environment = await bareMachine();
  const go = path.join(environment.variables['PATH'] ?? '', 'go');
  await writeProgram(go, '#!/bin/sh\necho no such module >&2\nexit 3\n');
  const site = await serve(nowhere);
  const sites = { kubernetes: site, etcd: site };
  await expect(findControlPlaneBinaries({ environment, report: () => undefined, sites })).rejects.toMatchObject({
    code: 'CONTROL_PLANE_BUILD_FAILED',
    cause: { message: 'go build ended with 3:\nno such module' },
  });
  await expect(readFile(cachedPath('etcd', environment))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('findControlPlaneBinaries takes a kubectl of another version only when everything else fails', async () => {
  const environment = await bareMachine();
  for (const binary of ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const) {
    await writeProgram(cachedPath(binary, environment));
  }
  const onPath = path.join(environment.variables['PATH'] ?? '', 'kubectl');
  await writeProgram(onPath);
  const lines: string[] = [];
  const site = await serve(nowhere);
  const sites = { kubernetes: site, etcd: site };
  const paths = await findControlPlaneBinaries({ environment, report: (line) => lines.push(line), sites });
  expect(paths.kubectl).toBe(onPath);
  expect(lines.at(-1)).toContain(`using "${onPath}" in place of kubectl v`);
});
