import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import { createGitRepository, type GitTestRepository } from '../support/git-repository.ts';
import { makePgpKey, makeSshKey, signCommit, signTag, stopPgpAgent } from '../support/signing-keys.ts';

interface Bench {
  readonly folder: string;
  readonly remote: GitTestRepository;
  open(PATH?: string): GitRepository;
}

async function setUp(): Promise<Bench> {
  // Short, since gpg's socket has to fit into the path of one.
  const folder = await mkdtemp(path.join(tmpdir(), 'sg-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const remote = await createGitRepository(path.join(folder, 'remote.git'));
  const request = { url: remote.url, cacheDirectory: path.join(folder, 'cache'), tenant: 'test', allowFile: true };
  return {
    folder,
    remote,
    open: (PATH = process.env['PATH']) => openRepository({ ...request, environment: { PATH } }),
  };
}

const wrong = { code: 'GIT_SIGNATURE_INVALID' };

test('a commit counts with the SSH signature of a signer, and with no other', async () => {
  const { folder, remote, open } = await setUp();
  const [ours, other] = [await makeSshKey(folder, 'ours'), await makeSshKey(folder, 'other')];
  const unsigned = await remote.commit({ 'a.yaml': 'a' });
  const commit = await signCommit(remote, unsigned, ours);
  const repository = open();
  const check = (id: string, allowedSigners: string) =>
    repository.verifySignature({ commit: id }, { mode: 'Head', signers: { allowedSigners, pgpKeys: [] } });
  await check(commit, ours.publicKey);
  await check(commit, `${other.publicKey}\n${ours.publicKey}\n`);
  await expect(check(commit, other.publicKey)).rejects.toMatchObject(wrong);
  await expect(check(commit, other.publicKey)).rejects.toThrow(/signed with key SHA256:/);
  await expect(check(commit, '')).rejects.toMatchObject(wrong);
  await expect(
    check(commit, `ours@example.com namespaces="file" ${ours.publicKey.split(' ').slice(1).join(' ')}`),
  ).rejects.toMatchObject(wrong);
  await expect(check(unsigned, ours.publicKey)).rejects.toThrow(`commit ${unsigned} is not signed`);
  expect(await readdir(path.join(folder, 'cache/private'))).toEqual([]);
});

test('a signature over other content does not count', async () => {
  const { folder, remote, open } = await setUp();
  const ours = await makeSshKey(folder, 'ours');
  const signed = await signCommit(remote, await remote.commit({ 'a.yaml': 'a' }), ours);
  const changed = (await remote.git('cat-file', 'commit', signed)).replace('\n\nsigned', '\n\nsigned by nobody');
  await mkdir(path.join(folder, 'x'));
  const file = path.join(folder, 'x/commit');
  await writeFile(file, `${changed}\n`);
  const forged = await remote.git('hash-object', '-t', 'commit', '-w', file);
  await remote.branch('main', forged);
  const signers = { allowedSigners: ours.publicKey, pgpKeys: [] };
  await open().verifySignature({ commit: signed }, { mode: 'Head', signers });
  await expect(open().verifySignature({ commit: forged }, { mode: 'Head', signers })).rejects.toMatchObject(wrong);
});

test('an annotated tag counts under its own name, for its own commit, and with the signature of a signer', async () => {
  const { folder, remote, open } = await setUp();
  const [ours, other] = [await makeSshKey(folder, 'ours'), await makeSshKey(folder, 'other')];
  const signers = { allowedSigners: ours.publicKey, pgpKeys: [] };
  const commit = await remote.commit({ 'a.yaml': 'a' });
  await signTag(remote, { name: 'v1', commit }, ours);
  await signTag(remote, { name: 'v2', commit }, other);
  await remote.tag('v3', commit, { isAnnotated: true });
  await remote.tag('v4', commit);
  await remote.git('update-ref', 'refs/tags/v5', await remote.git('rev-parse', 'refs/tags/v1'));
  const repository = open();
  const check = async (tag: string, mode: 'Tag' | 'TagAndHead' = 'Tag') =>
    repository.verifySignature(await repository.resolve({ tag }), { mode, signers });
  await check('v1');
  await expect(check('v1', 'TagAndHead')).rejects.toThrow(`commit ${commit} is not signed`);
  await expect(check('v2')).rejects.toMatchObject(wrong);
  await expect(check('v3')).rejects.toThrow(/tag \w+ is not signed/);
  await expect(check('v4')).rejects.toThrow('tag v4 is not an annotated one');
  await expect(check('v5')).rejects.toThrow('tag v5 was made for another name');
  await expect(repository.verifySignature({ commit }, { mode: 'Tag', signers })).rejects.toMatchObject(wrong);
  const both = await signCommit(remote, commit, ours);
  await signTag(remote, { name: 'v6', commit: both }, ours);
  await check('v6', 'TagAndHead');
});

test('a commit counts with the PGP signature of a signer, and gpg is missed with a clear word', async (context) => {
  const { folder, remote, open } = await setUp();
  const ours = await makePgpKey(folder, 'a');
  const other = await makePgpKey(folder, 'b');
  onTestFinished(async () => {
    for (const name of ['a', 'b']) await stopPgpAgent(folder, name);
  });
  if (ours === null || other === null) {
    context.skip('there is no gpg');
    return;
  }
  const commit = await signCommit(remote, await remote.commit({ 'a.yaml': 'a' }), ours);
  const check = (keys: readonly string[], PATH?: string) =>
    open(PATH).verifySignature({ commit }, { mode: 'Head', signers: { allowedSigners: '', pgpKeys: keys } });
  await check([ours.publicKey]);
  await check([other.publicKey, ours.publicKey]);
  await expect(check([other.publicKey])).rejects.toThrow(/signed with key [0-9A-F]+/);
  await expect(check([])).rejects.toMatchObject(wrong);
  await expect(check(['no key'])).rejects.toMatchObject({ code: 'GIT_SIGNERS_INVALID' });
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  for (const program of ['git', 'ssh-keygen']) await symlink(path.join('/usr/bin', program), path.join(bin, program));
  await expect(check([ours.publicKey], bin)).rejects.toThrow('there is no gpg program on the PATH');
});
