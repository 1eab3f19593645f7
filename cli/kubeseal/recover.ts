/** @module `--recovery-unseal`: SealedSecrets back to Secrets with private keys at hand. No cluster and no kubeconfig is looked at. */
import { statSync } from 'node:fs';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { describeFailures, type ItemFailure, NO_KEY_PHRASE } from '../../shared/sealing/item-failure.ts';
import { Keyring, type OpeningKey } from '../../shared/sealing/keyring.ts';
import type { TemplateRenderer } from '../../shared/sealing/template-renderer.ts';
import { UnsealError, unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { readPrivateKeys } from '../connect/private-keys.ts';
import { withTemplateRenderer } from '../connect/template-renderer.ts';
import { type Io, resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { fileError, KubesealError } from './errors.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { formatOf, objectsText } from './object-text.ts';
import { inputObjectsOf, readInputManifest } from './read-input.ts';
import { asSealedSecret, expectSealedSecrets } from './sealed-object.ts';
import { writeOutput } from './write-output.ts';

/** These say no more than that there is no fitting key. */
const NO_KEY = new Set(['SEALED_NO_KEYS', 'SEALED_KEY_NOT_FOUND', 'SEALED_KEY_SIZE_MISMATCH']);

/** Opens all of them, and prints nothing unless all open. @throws KubesealError `KUBESEAL_*`, SeveralErrors, EncodingError */
export async function recover(session: Session, flags: KubesealFlags): Promise<void> {
  const keyring = await readKeys(session, flags.recoveryPrivateKeys);
  const objects = expectSealedSecrets(inputObjectsOf(await readInputManifest(session, flags)));
  const format = formatOf(flags.format, flags.sealedSecretFile);
  const secrets = await withTemplateRenderer(session.io, async (renderer) => {
    const opened: Secret[] = [];
    for (const object of objects) opened.push(await open(asSealedSecret(object), keyring, renderer));
    return opened;
  });
  await writeOutput(session, objectsText(secrets, format), flags.sealedSecretFile);
}

async function readKeys(session: Session, names: readonly string[]): Promise<Keyring<OpeningKey>> {
  for (const name of names) assertThere(session.io, name);
  return names.length === 0 ? new Keyring([]) : readPrivateKeys(session, names, 'nothing was unsealed');
}

function assertThere(io: Io, name: string): void {
  try {
    statSync(resolvePath(io, name));
  } catch (error) {
    throw fileError(name, error);
  }
}

async function open(sealed: SealedSecret, keyring: Keyring<OpeningKey>, renderer: TemplateRenderer): Promise<Secret> {
  try {
    return await unsealSecret(sealed, keyring, { renderer, acceptV1: true });
  } catch (error) {
    if (error instanceof UnsealError) throw cannotUnseal(error.failures);
    throw error;
  }
}

/** The sentence of kubeseal; where it is known why a value does not open, with the reason. */
function cannotUnseal(failures: readonly ItemFailure[]): KubesealError {
  const items = failures.map(({ item }) => item).join(', ');
  const isMissingKey = failures.every(({ code }) => NO_KEY.has(code));
  const message = isMissingKey ? `${NO_KEY_PHRASE} (${items})` : describeFailures(failures);
  return new KubesealError('KUBESEAL_CANNOT_UNSEAL', message);
}
