/** @module `--raw`: one value in, its sealed form out, for a SealedSecret that is written by hand. */
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { labelOf, type Scope } from '../../shared/sealing/scope.ts';
import { sealValue } from '../../shared/sealing/value-cipher.ts';
import type { Session } from '../terminal/session.ts';
import { flagError } from './errors.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { readSealingCertificate } from './read-certificate.ts';
import { readInput, readNamedFile } from './read-input.ts';
import { writeOutput } from './write-output.ts';

/** Seals the value, which is taken as it is, to the last byte. @throws CodedError of whatever refuses */
export async function sealRaw(session: Session, flags: KubesealFlags): Promise<void> {
  const certificate = await readSealingCertificate(session, flags);
  const scope = flags.scope ?? 'strict';
  const label = await placeLabel(session, flags, scope);
  const plaintext = new SecretBytes(await readValue(session, flags));
  try {
    const sealed = await sealValue(certificate, label, plaintext);
    await writeOutput(session, encodeBase64(sealed), flags.sealedSecretFile);
  } finally {
    plaintext.wipe();
  }
}

async function placeLabel(session: Session, flags: KubesealFlags, scope: Scope): Promise<Uint8Array<ArrayBuffer>> {
  if (scope === 'cluster-wide') return labelOf(scope, '', '');
  const namespace = flags.namespace || (await kubeconfigNamespace(session, flags));
  if (namespace === '') throw flagError(`must provide the --namespace flag with --raw and --scope ${scope}`);
  if (flags.name === '' && scope === 'strict')
    throw flagError(`must provide the --name flag with --raw and --scope ${scope}`);
  // With a slash inside, two places would share a label.
  for (const part of [namespace, flags.name])
    if (part.includes('/')) throw flagError(`${JSON.stringify(part)} contains a slash`);
  return labelOf(scope, namespace, flags.name);
}

async function kubeconfigNamespace({ io }: Session, flags: KubesealFlags): Promise<string> {
  const { namespaceOf } = await import('./cluster-access.ts');
  return namespaceOf(io, flags.cluster);
}

async function readValue(session: Session, flags: KubesealFlags): Promise<Uint8Array<ArrayBuffer>> {
  const [first, ...others] = flags.fromFiles;
  if (others.length > 0) throw flagError('must provide only one --from-file when encrypting a single item with --raw');
  if (first !== undefined) {
    const at = first.indexOf('=');
    return Uint8Array.from((await readNamedFile(session.io, first.slice(at + 1))).bytes);
  }
  if (flags.secretFile === '' && session.io.stdin.isTty) {
    session.io.stderr.write('(tty detected: expecting a secret to encrypt in stdin)\n');
  }
  return Uint8Array.from((await readInput(session, flags)).bytes);
}
