/** @module The PEM text that `--cert` names: a file, or a file, http or https URL. */
import { readFileSync, statSync } from 'node:fs';
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { isLoopback } from '../../shared/encoding/loopback.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { CliError, LocatedError } from '../terminal/errors.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { describeSystemError } from '../terminal/system-error.ts';

const MAX_PEM_BYTES = 1024 * 1024;

/**
 * The text at `place`. A warning is given when it came over plain http.
 * @throws CliError `CLI_CERTIFICATE_UNREADABLE`; EncodingError `TEXT_NOT_UTF8`
 */
export async function readCertificateText(session: Session, place: string): Promise<string> {
  const url = urlOf(place);
  const bytes =
    url === null || url.protocol === 'file:' ? readPemFile(session, place, url) : await fetchPem(session, url);
  return decodeInputText(bytes, `"${place}"`);
}

/** Reads the text of one PEM file, with a bound on its size. @throws CliError `CLI_CERTIFICATE_UNREADABLE` */
export function readPemFile(session: Pick<Session, 'io'>, name: string, url: URL | null = null): Uint8Array {
  try {
    const file = url ?? resolvePath(session.io, name);
    const { size } = statSync(file);
    if (size <= MAX_PEM_BYTES) return readFileSync(file);
  } catch (error) {
    throw new CliError('CLI_CERTIFICATE_UNREADABLE', `cannot read "${name}": ${describeSystemError(error)}`);
  }
  throw new CliError('CLI_CERTIFICATE_UNREADABLE', `cannot read "${name}": it is larger than ${MAX_PEM_BYTES} bytes`);
}

/** Puts the certificate's origin in front of what is wrong with it. */
export async function locateErrors<Result>(origin: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    throw error instanceof CodedError ? new LocatedError(origin, error) : error;
  }
}

/** The URL that `place` is; null for a path. One letter and a colon is a drive. */
function urlOf(place: string): URL | null {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(place)) return null;
  const url = URL.parse(place);
  if (url !== null && ['http:', 'https:', 'file:'].includes(url.protocol)) return url;
  throw new CliError(
    'CLI_CERTIFICATE_UNREADABLE',
    `cannot fetch "${place.slice(0, place.indexOf(':') + 1)}…": not an http, https or file URL`,
  );
}

async function fetchPem(session: Session, url: URL): Promise<Uint8Array> {
  const { describeUrl, fetchUrl } = await import('./fetch-url.ts');
  const bytes = await fetchUrl(session.io, url);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    session.report.warn(
      `the certificate came over plain http from ${describeUrl(url)}, where others can replace it`,
      'compare its fingerprint with that of `signet cert show`',
    );
  }
  return bytes;
}
