/** @module Every certificate that a source holds, the one to seal to first. Judging their dates is left to the caller. */
import path from 'node:path';
import { readCertificates, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import type { Session } from '../terminal/session.ts';
import { locateErrors, readCertificateText, readPemFile } from './certificate-text.ts';
import { findPinnedFile } from './pinned-certificates.ts';
import type { CertificateChoice } from './sealing-certificate.ts';

/** Certificates and where they come from. */
export interface KnownCertificates {
  readonly certificates: readonly SealingCertificate[];
  /** For messages. */
  readonly origin: string;
}

/** Those that `--cert` names, else the cluster's. @throws CliError `CLI_CERTIFICATE_*`, CertificateError, KubeError */
export async function fetchCertificates(session: Session, choice: CertificateChoice): Promise<KnownCertificates> {
  const { cert } = choice;
  if (cert !== undefined) return parse(`"${cert}"`, await readCertificateText(session, cert));
  const { withCluster } = await import('./cluster.ts');
  const { readControllerCertificates } = await import('./controller-certificates.ts');
  return withCluster(session, choice, async (cluster) => {
    const { pem, origin } = await readControllerCertificates(cluster, choice);
    return parse(`${origin} of ${cluster.description}`, pem);
  });
}

/** As {@link fetchCertificates}, but what the repository pins comes before the cluster. */
export async function findCertificates(session: Session, choice: CertificateChoice): Promise<KnownCertificates> {
  const pinned = choice.cert === undefined ? findPinnedFile(session.io.cwd) : null;
  return pinned === null ? fetchCertificates(session, choice) : readPinned(session, pinned);
}

/** Those of a pinned file. @throws CliError `CLI_CERTIFICATE_UNREADABLE`, CertificateError */
export async function readPinned(session: Session, file: string): Promise<KnownCertificates> {
  const name = path.relative(session.io.cwd, file) || file;
  return parse(`"${name}"`, decodeInputText(readPemFile(session, file), `"${name}"`));
}

async function parse(origin: string, pem: string): Promise<KnownCertificates> {
  return { certificates: await locateErrors(origin, () => readCertificates(pem)), origin };
}
