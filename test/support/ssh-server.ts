/** @module A Git remote over ssh on loopback, for tests: built from Go source beside this file, with keys of its own. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describeError } from '../../shared/errors/describe-error.ts';
import { findOnPath, isExecutable, readEnvironment } from '../control-plane/environment.ts';
import { buildWithGo, findGo } from '../control-plane/go-build.ts';

/** Where the server program lies, or why there is none. */
export type SshServerLookup = { readonly path: string; readonly missing?: never } | { readonly missing: string };

/** A running server. */
export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** The line for known_hosts. */
  readonly knownHosts: string;
  /** SHA256 fingerprint of the host's key. */
  readonly fingerprint: string;
  /** Private key that is let in. */
  readonly identity: string;
}

const MODULE = path.join(import.meta.dirname, 'ssh-server');

/** The server program, built when it is not in the cache (some seconds); never throws. */
export async function findSshServer(): Promise<SshServerLookup> {
  const environment = readEnvironment();
  for (const program of ['ssh', 'ssh-keygen']) {
    if (findOnPath(program, environment.variables) === undefined)
      return { missing: `there is no ${program} on the PATH` };
  }
  const version = createHash('sha256')
    .update(await readFile(path.join(MODULE, 'main.go')))
    .digest('hex')
    .slice(0, 12);
  const target = path.join(environment.cacheFolder, 'ssh-server', version, 'ssh-server');
  if (isExecutable(target)) return { path: target };
  const go = findGo(environment);
  if (go === undefined)
    return { missing: 'the ssh server of the tests is built from source and there is no Go on the PATH' };
  const command = { name: 'ssh-server', version, moduleFolder: MODULE, package: '.', linkerFlags: [] };
  try {
    await buildWithGo(go, command, target, { environment, report: () => undefined });
    return { path: target };
  } catch (error) {
    return { missing: describeError(error) };
  }
}

/** Makes an ed25519 key pair and returns the path of its private half; the public one has `.pub` behind it. */
export async function makeSshKey(file: string): Promise<string> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  return file;
}

/** Starts the server `program` for the repositories below `root`; its keys are made in `folder`. */
export async function startSshServer(program: string, root: string, folder: string): Promise<SshServer> {
  await mkdir(folder, { recursive: true });
  const [hostKey, userKey] = await Promise.all([
    makeSshKey(path.join(folder, 'host')),
    makeSshKey(path.join(folder, 'user')),
  ]);
  const args = ['-host-key', hostKey, '-authorized-key', `${userKey}.pub`, '-root', root];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [publicKey, identity, listed] = await Promise.all([
    readFile(`${hostKey}.pub`, 'utf8'),
    readFile(userKey, 'utf8'),
    promisify(execFile)('ssh-keygen', ['-l', '-f', `${hostKey}.pub`]),
  ]);
  return {
    port: Number(line),
    knownHosts: `[127.0.0.1]:${line} ${publicKey}`,
    fingerprint: listed.stdout.split(' ')[1] ?? '',
    identity,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await once(child, 'close');
    },
  };
}
