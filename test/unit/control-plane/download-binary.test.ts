import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { downloadBinary } from '../../control-plane/download-binary.ts';
import { type ReleaseFile, releaseFile } from '../../control-plane/pinned-versions.ts';
import { filesOf, serve, temporaryFolder } from './release-server.ts';

const PROGRAM = Buffer.from('#!/bin/sh\necho an api server\n');
const PROGRAM_PATH = '/v1.35.4/bin/linux/amd64/kube-apiserver';
const DEADLINES = { firstByteMs: 10_000, idleMs: 10_000 };

const sha512 = (content: Buffer): string => createHash('sha512').update(content).digest('hex');

function apiServerAt(site: string): ReleaseFile {
  return releaseFile('kube-apiserver', 'linux', 'amd64', { kubernetes: site, etcd: site });
}

async function cache(): Promise<{ folder: string; target: string }> {
  const folder = await temporaryFolder();
  return { folder, target: path.join(folder, 'kube-apiserver') };
}

test('downloadBinary makes a file that equals its published checksum executable', async () => {
  const site = await serve(
    filesOf(
      new Map<string, string | Buffer>([
        [PROGRAM_PATH, PROGRAM],
        [`${PROGRAM_PATH}.sha512`, `${sha512(PROGRAM)}\n`],
      ]),
    ),
  );
  const { folder, target } = await cache();
  await downloadBinary(apiServerAt(site), target, DEADLINES);
  expect(await readFile(target)).toEqual(PROGRAM);
  expect((await stat(target)).mode & 0o777).toBe(0o755);
  expect(await readdir(folder)).toEqual(['kube-apiserver']);
});

test('downloadBinary refuses a tampered file and leaves nothing behind', async () => {
  const site = await serve(
    filesOf(
      new Map<string, string | Buffer>([
        [PROGRAM_PATH, Buffer.from('#!/bin/sh\necho somebody else\n')],
        [`${PROGRAM_PATH}.sha512`, sha512(PROGRAM)],
      ]),
    ),
  );
  const { folder, target } = await cache();
  await expect(downloadBinary(apiServerAt(site), target, DEADLINES)).rejects.toMatchObject({
    code: 'CONTROL_PLANE_CHECKSUM_MISMATCH',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('downloadBinary refuses a file that breaks off and leaves nothing behind', async () => {
  const site = await serve((request, response) => {
    if (request.url?.endsWith('.sha512')) return void response.end(sha512(PROGRAM));
    response.writeHead(200, { 'content-length': PROGRAM.length });
    response.write(PROGRAM.subarray(0, 10), () => response.destroy());
  });
  const { folder, target } = await cache();
  await expect(downloadBinary(apiServerAt(site), target, DEADLINES)).rejects.toMatchObject({
    code: 'CONTROL_PLANE_DOWNLOAD_FAILED',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('downloadBinary refuses a file that is shorter than its checksum is of, though it ends in order', async () => {
  const site = await serve((request, response) => {
    response.end(request.url?.endsWith('.sha512') ? sha512(PROGRAM) : PROGRAM.subarray(0, 10));
  });
  const { folder, target } = await cache();
  await expect(downloadBinary(apiServerAt(site), target, DEADLINES)).rejects.toMatchObject({
    code: 'CONTROL_PLANE_CHECKSUM_MISMATCH',
  });
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['is an error page', '<html>not found</html>'],
  ['is of another algorithm', createHash('sha256').update(PROGRAM).digest('hex')],
  ['is of another file', `${sha512(PROGRAM)}  kubelet\n`],
  ['is empty', ''],
])('downloadBinary refuses a checksum file that %s before it asks for the program', async (_what, checksum) => {
  const asked: string[] = [];
  const site = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end(checksum);
  });
  const { folder, target } = await cache();
  await expect(downloadBinary(apiServerAt(site), target, DEADLINES)).rejects.toMatchObject({
    code: 'CONTROL_PLANE_DOWNLOAD_FAILED',
  });
  expect(asked).toEqual([`${PROGRAM_PATH}.sha512`]);
  expect(await readdir(folder)).toEqual([]);
});

test('downloadBinary gives up on a server that accepts the connection and says nothing', async () => {
  const site = await serve(() => undefined);
  const { target } = await cache();
  await expect(downloadBinary(apiServerAt(site), target, { firstByteMs: 50, idleMs: 50 })).rejects.toMatchObject({
    code: 'CONTROL_PLANE_DOWNLOAD_FAILED',
  });
});

test('downloadBinary gives up on a body that stops coming', async () => {
  const site = await serve((request, response) => {
    if (request.url?.endsWith('.sha512')) return void response.end(sha512(PROGRAM));
    response.write(PROGRAM.subarray(0, 10));
  });
  const { folder, target } = await cache();
  await expect(downloadBinary(apiServerAt(site), target, { firstByteMs: 10_000, idleMs: 50 })).rejects.toMatchObject({
    code: 'CONTROL_PLANE_DOWNLOAD_FAILED',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('downloadBinary takes one program out of an archive whose checksum stands in a list', async () => {
  const work = await temporaryFolder();
  const inside = path.join(work, 'etcd-v3.6.7-linux-amd64');
  await mkdir(inside);
  await writeFile(path.join(inside, 'etcd'), PROGRAM);
  await writeFile(path.join(inside, 'README.md'), 'words');
  const archive = execFileSync('tar', ['-czf', '-', '-C', work, path.basename(inside)]);
  const digest = createHash('sha256').update(archive).digest('hex');
  const name = 'etcd-v3.6.7-linux-amd64.tar.gz';
  const site = await serve(
    filesOf(
      new Map<string, string | Buffer>([
        [`/v3.6.7/${name}`, archive],
        ['/v3.6.7/SHA256SUMS', `${'0'.repeat(64)}  etcd-v3.6.7-darwin-amd64.zip\n${digest}  ${name}\n`],
      ]),
    ),
  );
  const folder = await temporaryFolder();
  const target = path.join(folder, 'etcd');
  await downloadBinary(releaseFile('etcd', 'linux', 'amd64', { kubernetes: site, etcd: site }), target, DEADLINES);
  expect(await readFile(target)).toEqual(PROGRAM);
  expect(await readdir(folder)).toEqual(['etcd']);
});
