/** @module `--fetch-cert`: the certificate that sealing would use, as text. */
import type { Session } from '../terminal/session.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { readCertificatePem } from './read-certificate.ts';
import { writeOutput } from './write-output.ts';

/** Prints the certificates as they came. @throws CodedError of whatever refuses */
export async function fetchCert(session: Session, flags: KubesealFlags): Promise<void> {
  await writeOutput(session, await readCertificatePem(session, flags), flags.sealedSecretFile);
}
