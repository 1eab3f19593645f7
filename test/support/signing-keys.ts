/** @module Keys that tests sign commits and tags with, by SSH and by PGP, and commits made with them. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { GitTestRepository } from './git-repository.ts';

const run = promisify(execFile);

/** A key: what git is told to sign with it, and its public half. */
export interface SigningKey {
  readonly settings: readonly string[];
  /** A line of an allowed signers file, or an armored PGP key. */
  readonly publicKey: string;
}

/** An SSH key of its own in `folder`. */
export async function makeSshKey(folder: string, name: string): Promise<SigningKey> {
  const file = path.join(folder, name);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  const publicKey = `${name}@example.com ${(await readFile(`${file}.pub`, 'utf8')).trim()}`;
  return { settings: ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${file}`], publicKey };
}

/** A PGP key in a keyring of its own; null where there is no gpg. */
export async function makePgpKey(folder: string, name: string): Promise<SigningKey | null> {
  const home = path.join(folder, `gnupg-${name}`);
  await mkdir(home, { mode: 0o700 });
  const user = `${name}@example.com`;
  const gpg = ['--homedir', home, '--batch', '--passphrase', '', '--pinentry-mode', 'loopback'];
  try {
    await run('gpg', [...gpg, '--quick-generate-key', user, 'ed25519', 'sign', 'never']);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { stdout } = await run('gpg', [...gpg, '--armor', '--export', user]);
  const wrapper = path.join(folder, `gpg-${name}`);
  await writeWrapper(wrapper, home);
  return { settings: ['-c', `gpg.program=${wrapper}`, '-c', `user.signingkey=${user}`], publicKey: stdout };
}

/** Ends the agent that signing started. */
export async function stopPgpAgent(folder: string, name: string): Promise<void> {
  await run('gpgconf', ['--homedir', path.join(folder, `gnupg-${name}`), '--kill', 'all']).catch(() => undefined);
}

/** A signed commit on top of the branch `main`, with the files of `commit`. */
export async function signCommit(repository: GitTestRepository, commit: string, key: SigningKey): Promise<string> {
  const parents = (await repository.git('log', '-1', '--format=%P', commit)).split(' ').filter((id) => id !== '');
  const parentArgs = parents.flatMap((parent) => ['-p', parent]);
  const args = ['commit-tree', '-S', '-m', 'signed', ...parentArgs, `${commit}^{tree}`];
  const signed = await repository.git(...key.settings, ...args);
  await repository.branch('main', signed);
  return signed;
}

/** Makes, or moves, a signed tag. */
export async function signTag(
  repository: GitTestRepository,
  tag: { readonly name: string; readonly commit: string },
  key: SigningKey,
): Promise<void> {
  await repository.git(...key.settings, 'tag', '--force', '-s', '-m', tag.name, tag.name, tag.commit);
}

async function writeWrapper(file: string, home: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\nexec gpg --homedir '${home}' --batch "$@"\n`, { mode: 0o700 });
}
