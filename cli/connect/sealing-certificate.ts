/**
 * @module What Secrets are sealed to: the certificate that `--cert` names, else the one that the repository pins, else the
 * cluster's. The code for clusters is loaded only in the last case.
 */
import path from 'node:path';
import {
  assertUsableForSealing,
  readCertificate,
  type SealingCertificate,
} from '../../shared/certificate/read-certificate.ts';
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { LocatedError } from '../terminal/errors.ts';
import type { Session } from '../terminal/session.ts';
import { locateErrors, readCertificateText, readPemFile } from './certificate-text.ts';
import { findPinnedFile } from './pinned-certificates.ts';

/** Where the certificate may come from. */
export interface CertificateChoice {
  /** A PEM file or a URL. */
  readonly cert?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly controllerNamespace?: string;
  readonly controllerName?: string;
}

/** Finds the certificate for what lies in a folder; each source is read once. */
export type CertificateFinder = (folder: string) => Promise<SealingCertificate>;

const WARN_BEFORE_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * A finder for `choice`. The certificates that it gives are usable at this moment; which one is used is reported, unless
 * the user named it.
 * Failures are CliError `CLI_CERTIFICATE_*`, CertificateError and KubeError.
 */
export function createCertificateFinder(session: Session, choice: CertificateChoice): CertificateFinder {
  const known = new Map<string, Promise<SealingCertificate>>();
  const once = (source: string, read: () => Promise<SealingCertificate>): Promise<SealingCertificate> => {
    const before = known.get(source);
    if (before !== undefined) return before;
    const reading = read();
    known.set(source, reading);
    return reading;
  };
  const pins = new Map<string, string | null>();
  const pinOf = (folder: string): string | null => {
    const pin = pins.has(folder) ? (pins.get(folder) ?? null) : findPinnedFile(folder);
    pins.set(folder, pin);
    return pin;
  };
  return async (folder) => {
    const { cert } = choice;
    if (cert !== undefined)
      return once('cert', () => fromText(session, `"${cert}"`, () => readCertificateText(session, cert)));
    const pinned = pinOf(folder);
    if (pinned !== null) return once(`pin ${pinned}`, () => fromPin(session, pinned));
    return once('cluster', () => fromCluster(session, choice));
  };
}

async function fromPin(session: Session, file: string): Promise<SealingCertificate> {
  const name = path.relative(session.io.cwd, file) || file;
  const read = async (): Promise<string> => decodeInputText(readPemFile(session, file), `"${name}"`);
  const certificate = await fromText(session, `"${name}"`, read);
  session.report.note(`sealing to ${certificate.fingerprint} of "${name}"`);
  return certificate;
}

/** Sealing needs no cluster, and whoever has none in reach should know. */
async function withHint<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    if (error.hint !== undefined && error.code !== 'KUBE_KUBECONFIG_MISSING') throw error;
    const hint = 'name a certificate with --cert, or pin one in the repository with `signet cert --pin`';
    throw new LocatedError('cannot get a certificate to seal to', error, hint);
  }
}

async function fromCluster(session: Session, choice: CertificateChoice): Promise<SealingCertificate> {
  const { loadConnection, withCluster } = await import('./cluster.ts');
  const { readControllerCertificates } = await import('./controller-certificates.ts');
  const connect = () => withHint(loadConnection(session.io, choice));
  return withCluster(session, { ...choice, connect }, async (cluster) => {
    const { pem, origin } = await withHint(readControllerCertificates(cluster, choice));
    const certificate = await fromText(session, `${origin} of ${cluster.description}`, async () => pem);
    session.report.note(`sealing to ${certificate.fingerprint} of ${origin} of ${cluster.description}`);
    return certificate;
  });
}

async function fromText(session: Session, origin: string, read: () => Promise<string>): Promise<SealingCertificate> {
  const text = await read();
  const certificate = await locateErrors(origin, async () => {
    const read = await readCertificate(text);
    assertUsableForSealing(read, session.io.now());
    return read;
  });
  if (certificate.notAfter.getTime() - session.io.now().getTime() < WARN_BEFORE_MS) {
    session.report.warn(`the certificate of ${origin} expires on ${certificate.notAfter.toISOString()}`);
  }
  return certificate;
}
