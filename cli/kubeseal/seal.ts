/** @module kubeseal without a mode: Secrets in, SealedSecrets out, nothing unless all of them can be sealed. */

import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import type { Session } from '../terminal/session.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { formatOf, objectsText } from './object-text.ts';
import { readSealingCertificate } from './read-certificate.ts';
import { inputObjectsOf, readInputManifest } from './read-input.ts';
import { fallbackNamespace, prepareSecrets, type SealingRules } from './secrets-to-seal.ts';
import { writeOutput } from './write-output.ts';

/** Seals the input. @throws CodedError of whatever refuses */
export async function seal(session: Session, flags: KubesealFlags): Promise<void> {
  const certificate = await readSealingCertificate(session, flags);
  const objects = inputObjectsOf(await readInputManifest(session, flags));
  const secrets = await prepareSecrets(objects, flags, fallbackNamespace(session, flags));
  const format = formatOf(flags.format, flags.sealedSecretFile);
  const sealed = await sealAll(secrets, flags, certificate);
  await writeOutput(session, objectsText(sealed, format), flags.sealedSecretFile);
}

/** `secrets` sealed to `certificate`, in their order. @throws SealingError, CertificateError */
export function sealAll(
  secrets: readonly Secret[],
  rules: Pick<SealingRules, 'allowEmptyData' | 'scope'>,
  certificate: SealingCertificate,
): Promise<readonly SealedSecret[]> {
  const { allowEmptyData: allowEmpty, scope } = rules;
  const options = { certificate, allowEmpty, receipt: false, ...(scope !== undefined && { scope }) };
  return Promise.all(secrets.map((secret) => sealSecret(secret, options)));
}
