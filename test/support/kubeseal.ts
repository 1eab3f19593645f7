/** @module kubeseal as tests use it: objects in, objects out, and nothing of this machine's settings. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KEY_LABEL } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { outputOf, type ProgramResult, runProgram } from './run-program.ts';
import { FIRST_KEY, SECOND_KEY, type TestKey } from './test-keys.ts';

/** A kubeseal with a private folder for the files that it wants. */
export interface Kubeseal {
  /** Private folder, removed by `stop`. */
  readonly folder: string;
  /** Writes a file into the folder and gives its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** Runs it; rejects with its error when it fails. */
  run(args: readonly string[], input?: string): Promise<string>;
  /** Runs it, whatever it says. */
  attempt(args: readonly string[], input?: string): Promise<ProgramResult>;
  /** Seals `secret` with the certificate file `cert`. */
  seal(secret: Secret, cert: string, ...flags: readonly string[]): Promise<SealedSecret>;
  /** `--recovery-unseal` of a SealedSecret, or of its text, with private key files. */
  recover(sealed: SealedSecret | string, ...keyFiles: readonly string[]): Promise<Secret>;
  stop(): Promise<void>;
}

/** Prepares the program at `binary`. */
export async function prepareKubeseal(binary: string): Promise<Kubeseal> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-kubeseal-'));
  const env = { HOME: folder };
  const run = (args: readonly string[], input = '') => outputOf(binary, args, { input, env, cwd: folder });
  return {
    folder,
    write: async (name, content) => {
      const file = path.join(folder, name);
      await writeFile(file, content, { mode: 0o600 });
      return file;
    },
    run,
    attempt: (args, input = '') => runProgram(binary, args, { input, env, cwd: folder }),
    seal: async (secret, cert, ...flags) => JSON.parse(await run(['--cert', cert, ...flags], JSON.stringify(secret))),
    recover: async (sealed, ...keyFiles) => {
      const text = typeof sealed === 'string' ? sealed : JSON.stringify(sealed);
      return plainSecret(await run(['--recovery-unseal', '--recovery-private-key', keyFiles.join(',')], text));
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * What kubeseal recovered as a Secret of Kubernetes' API: without the ownerReference to an object that has no uid yet,
 * and with empty values as text, which Go writes as null.
 */
function plainSecret(text: string): Secret {
  const { metadata, data, ...rest } = JSON.parse(text) as Secret;
  const { ownerReferences: _, ...kept } = metadata;
  const values = Object.entries((data ?? {}) as Record<string, string | null>);
  return { ...rest, metadata: kept, data: Object.fromEntries(values.map(([key, value]) => [key, value ?? ''])) };
}

/** Paths of the first and the second test key, as programs take them. */
export interface KeyFiles {
  readonly cert: string;
  readonly key: string;
  readonly secondCert: string;
  readonly secondKey: string;
  /** Both private keys, as a List of key Secrets. */
  readonly keyList: string;
}

/** Writes the test keys into kubeseal's folder. */
export async function writeKeyFiles(kubeseal: Kubeseal): Promise<KeyFiles> {
  return {
    cert: await kubeseal.write('first.crt', FIRST_KEY.certificatePem),
    key: await kubeseal.write('first.key', FIRST_KEY.privateKeyPem),
    secondCert: await kubeseal.write('second.crt', SECOND_KEY.certificatePem),
    secondKey: await kubeseal.write('second.key', SECOND_KEY.privateKeyPem),
    keyList: await kubeseal.write('keys.json', JSON.stringify(keyListOf(FIRST_KEY, SECOND_KEY))),
  };
}

/** Key Secrets as `kubectl get secret -l … -o json` prints them. */
function keyListOf(...keys: readonly TestKey[]): object {
  const items = keys.map((key, index) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: `key-${index}`, namespace: 'kube-system', labels: { [KEY_LABEL]: 'active' } },
    data: { 'tls.crt': btoa(key.certificatePem), 'tls.key': btoa(key.privateKeyPem) },
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}
