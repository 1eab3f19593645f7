/** @module `signet reseal --check`: which SealedSecrets of a repository need to be encrypted again, with no cluster and no private key. */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { fetchCertificates, readPinned } from '../connect/known-certificates.ts';
import { findPinnedFile } from '../connect/pinned-certificates.ts';
import type { CertificateChoice } from '../connect/sealing-certificate.ts';
import type { SealedObject } from '../manifests/sealed-objects.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { folderOf } from '../terminal/input-files.ts';
import type { Session } from '../terminal/session.ts';
import { describeNeed, describeUnknown, judgeNeed, type KnownKeys } from './reseal-need.ts';
import { writeResult } from './write-result.ts';

/** Prints a line for everything that needs it. What cannot be told is a warning, since it may be as it should. */
export async function checkNeeds(
  objects: readonly SealedObject[],
  choice: CertificateChoice,
  session: Session,
): Promise<ExitCode> {
  const find = createKeyFinder(session, choice);
  const lines: string[] = [];
  const unknown: string[] = [];
  for (const object of objects) {
    const keys = await find(folderOf(object.source.file.input, session.io.cwd));
    const need = await judgeNeed(object, keys);
    lines.push(...describeNeed(need, keys).map((line) => `${object.title}: ${line}`));
    if (need.unknown.size > 0) unknown.push(`${object.title}: ${describeUnknown(object, need)}`);
  }
  for (const line of unknown) session.report.warn(line);
  if (unknown.length > 0)
    session.report.note('hint: `signet reseal --receipt` encrypts them again and leaves receipts');
  if (lines.length === 0) {
    const known = objects.length - unknown.length;
    session.report.note(`${known} of ${objects.length} SealedSecrets are known to be sealed to the newest key`);
    return EXIT.done;
  }
  const text = lines.map((line) => `${toPrintableLine(line)}\n`).join('');
  await writeResult(session, { text, file: undefined, access: 'public' });
  return EXIT.findings;
}

/** The keys that hold for a folder, the newest first: those of `--cert`, of the repository, or of the cluster. Each source is read once. */
function createKeyFinder(session: Session, choice: CertificateChoice): (folder: string) => Promise<KnownKeys> {
  const known = new Map<string, Promise<KnownKeys>>();
  return (folder) => {
    const pinned = choice.cert === undefined ? findPinnedFile(folder) : null;
    const source = pinned ?? '';
    const before = known.get(source);
    if (before !== undefined) return before;
    const reading = readKeys(session, choice, pinned);
    known.set(source, reading);
    return reading;
  };
}

async function readKeys(
  session: Session,
  choice: CertificateChoice,
  pinned: string | null,
): Promise<readonly Fingerprint[]> {
  const { certificates, origin } =
    pinned === null ? await fetchCertificates(session, choice) : await readPinned(session, pinned);
  session.report.note(`the newest key is ${certificates[0]?.fingerprint ?? 'none'} of ${origin}`);
  return certificates.map(({ fingerprint }) => fingerprint);
}
