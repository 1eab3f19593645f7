/** @module Sealing keys and what becomes of them, as tables. */
import type { SealingKeyEntry } from '../../shared/resources/key-list.ts';
import { formatTable } from './table.ts';

/** One key in the list of `signet keys list`. Instants are RFC 3339. */
export interface KeyRow
  extends Pick<SealingKeyEntry, 'fingerprint' | 'state' | 'secret' | 'createdAt' | 'notBefore' | 'notAfter'> {
  /** SealedSecrets in the cluster that need the key; null while that is not known. */
  readonly objects: number | null;
  /** Sealed values in the user's files that need it; null when no files were read. */
  readonly items: number | null;
  /** Null when there is no confirmed backup. */
  readonly backedUpAt: string | null;
}

/** One key in the result of `signet keys verify-backup`. */
export interface BackupCheckRow {
  readonly secret: string;
  readonly fingerprint: string;
  readonly result: string;
  readonly isFinding: boolean;
}

/** One key in the result of `signet keys restore`. */
export interface RestoreRow {
  readonly secret: string;
  readonly fingerprint: string;
  readonly state: string;
  readonly result: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SHORT_LENGTH = 'SHA256:'.length + 12;

/** A fingerprint in the length that tables have, long enough to name a key by it. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, SHORT_LENGTH);
}

/** A row for each key. */
export function formatKeys(rows: readonly KeyRow[], now: Date): string {
  const header = ['FINGERPRINT', 'STATE', 'SECRET', 'AGE', 'EXPIRES', 'OBJECTS', 'ITEMS', 'BACKUP'];
  const cells = rows.map((row) => [
    shortFingerprint(row.fingerprint),
    row.state,
    row.secret,
    daysBetween(row.notBefore, now),
    Date.parse(row.notAfter) < now.getTime() ? 'expired' : dayOf(row.notAfter),
    row.objects === null ? 'unknown' : String(row.objects),
    row.items === null ? '-' : String(row.items),
    row.backedUpAt === null ? 'none' : dayOf(row.backedUpAt),
  ]);
  return formatTable(header, cells);
}

/** A row for each key of the backup or the cluster. */
export function formatBackupCheck(rows: readonly BackupCheckRow[]): string {
  return formatTable(
    ['FINGERPRINT', 'SECRET', 'RESULT'],
    rows.map(({ fingerprint, secret, result }) => [fingerprint, secret, result]),
  );
}

/** A row for each key of the backup, with the name that it has in the cluster. */
export function formatRestore(rows: readonly RestoreRow[]): string {
  return formatTable(
    ['FINGERPRINT', 'STATE', 'SECRET', 'RESULT'],
    rows.map(({ fingerprint, state, secret, result }) => [fingerprint, state, secret, result]),
  );
}

function daysBetween(begin: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(begin)) / DAY_MS);
  return Number.isNaN(days) ? '-' : `${Math.max(0, days)}d`;
}

function dayOf(instant: string): string {
  return Number.isNaN(Date.parse(instant)) ? '-' : new Date(instant).toISOString().slice(0, 10);
}
