/** @module `.signet/keys.pem`, the certificates that a repository pins: where it is found, and where it is written. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { CliError } from '../terminal/errors.ts';
import { describeSystemError } from '../terminal/system-error.ts';

const PINNED_FILE = path.join('.signet', 'keys.pem');

/**
 * The pinned file that holds for `folder`: the nearest one in it and its parents, not above the root of a Git repository.
 * Null when there is none.
 * @throws CliError `CLI_CERTIFICATE_UNREADABLE` for one that a stranger put there.
 */
export function findPinnedFile(folder: string): string | null {
  for (const parent of parentsOf(folder)) {
    const file = path.join(parent, PINNED_FILE);
    if (exists(file)) {
      assertTrusted(file, folder);
      return file;
    }
    if (exists(path.join(parent, '.git'))) return null;
  }
  return null;
}

/** Where certificates are pinned for `folder`: the file that holds already, else one at the root of the Git repository, else in `folder`. */
export function choosePinnedFile(folder: string): string {
  const existing = findPinnedFile(folder);
  if (existing !== null) return existing;
  for (const parent of parentsOf(folder)) {
    if (exists(path.join(parent, '.git'))) return path.join(parent, PINNED_FILE);
  }
  return path.join(folder, PINNED_FILE);
}

/** The content of a pinned file: every certificate, the one to seal to first, each with a line that a reviewer can read. */
export function formatPinnedFile(certificates: readonly SealingCertificate[]): string {
  const blocks = certificates.map((certificate, at) => {
    const use = at === 0 ? 'sealed to' : 'still opened by the cluster';
    const until = certificate.notAfter.toISOString().slice(0, 10);
    return `# ${certificate.fingerprint} (${use}, valid until ${until})\n${certificate.pem}`;
  });
  return ['# Certificates of the cluster, written by `signet cert --pin`.\n', ...blocks].join('\n');
}

function parentsOf(folder: string): readonly string[] {
  const parents = [folder];
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) parents.push(path.dirname(at));
  return parents;
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw new CliError('CLI_CERTIFICATE_UNREADABLE', `cannot look for "${file}": ${describeSystemError(error)}`);
  }
}

/** Refuses a pin that belongs to neither the user, nor root, nor the owner of `folder`: in /tmp it could be anybody's. */
function assertTrusted(file: string, folder: string): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  const { uid } = statSync(file);
  if (uid === user || uid === 0 || uid === statSync(folder).uid) return;
  throw new CliError('CLI_CERTIFICATE_UNREADABLE', `cannot trust "${file}": it belongs to another user`, {
    hint: 'make the file yours, or name a certificate with --cert',
  });
}
