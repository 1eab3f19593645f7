/** @module What kubeseal seals to: the certificate of `--cert`, else the controller's. */
import { CertificateError } from '../../shared/certificate/errors.ts';
import { parsePemBlocks } from '../../shared/certificate/pem.ts';
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { readCertificateText } from '../connect/certificate-text.ts';
import type { Session } from '../terminal/session.ts';
import { KubesealError } from './errors.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import { readNamedFile } from './read-input.ts';

const URL_START = /^[a-z][a-z0-9+.-]+:/i;

/** The certificates as text, which holds at least one PEM block of them. @throws KubesealError, CliError, KubeError */
export async function readCertificatePem(session: Session, flags: KubesealFlags): Promise<string> {
  const pem = flags.cert === '' ? await fetchPem(session, flags) : await readPem(session, flags.cert);
  if (hasCertificate(pem)) return pem;
  throw invalid('data does not contain any valid RSA or ECDSA certificates');
}

/** The certificate to seal to, usable now. @throws KubesealError, CertificateError, CliError, KubeError */
export async function readSealingCertificate(session: Session, flags: KubesealFlags): Promise<SealingCertificate> {
  const pem = await readCertificatePem(session, flags);
  const certificate = await parse(pem);
  if (session.io.now().getTime() > certificate.notAfter.getTime()) {
    throw invalid(`failed to encrypt using an expired certificate on ${dateText(certificate.notAfter)}`);
  }
  session.report.note(`sealing to ${certificate.fingerprint}`);
  return certificate;
}

async function parse(pem: string): Promise<SealingCertificate> {
  try {
    return await readCertificate(pem);
  } catch (error) {
    if (!(error instanceof CertificateError) || error.code !== 'CERT_NOT_RSA') throw error;
    throw new KubesealError('KUBESEAL_CERTIFICATE_INVALID', 'expected RSA public key but found another', {
      cause: error,
    });
  }
}

async function readPem(session: Session, place: string): Promise<string> {
  if (URL_START.test(place)) return readCertificateText(session, place);
  return decodeInputText((await readNamedFile(session.io, place)).bytes, `"${place}"`);
}

async function fetchPem(session: Session, flags: KubesealFlags): Promise<string> {
  const { withKubesealCluster } = await import('./cluster-access.ts');
  const { fetchControllerPem } = await import('./find-controller.ts');
  return withKubesealCluster(session, flags.cluster, (cluster) => fetchControllerPem(session, cluster, flags.cluster));
}

function hasCertificate(pem: string): boolean {
  try {
    return parsePemBlocks(pem).some(({ label }) => label === 'CERTIFICATE');
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}

function dateText(date: Date): string {
  return date.toLocaleDateString('en-US', { month: 'long', day: 'numeric', year: 'numeric', timeZone: 'UTC' });
}

function invalid(message: string): KubesealError {
  return new KubesealError('KUBESEAL_CERTIFICATE_INVALID', message);
}
