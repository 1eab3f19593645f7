/** @module `signet keys backup`: all sealing keys in one encrypted file, which the age tool opens as well. */
import { countOf } from '../../shared/encoding/count-of.ts';
import { lockFile } from '../../shared/key-backup/age-file.ts';
import type { BackupLock } from '../../shared/key-backup/age-keys.ts';
import { formatBackup } from '../../shared/key-backup/backup-content.ts';
import {
  type ClusterKeys,
  type CollectedBackup,
  collectBackup,
  inspectKeys,
  wholeKeys,
} from '../../shared/key-backup/collect-backup.ts';
import { type LockChoice, readLock, wipeUnlock } from '../connect/backup-lock.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { confirmBackup } from '../connect/confirm-backup.ts';
import { getKeyNamespace, readClusterKeys } from '../connect/key-secrets.ts';
import { readBackupFile } from '../connect/read-backup.ts';
import { addLockOptions } from '../options/backup-options.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { CliError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { STDIN_NAME } from '../terminal/input-files.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet keys backup` can be told. */
interface KeysBackupOptions extends ControllerNamespaceOptions, LockChoice {
  readonly write: string;
}

const EXAMPLES: readonly Example[] = [
  [
    'Back up to the public key of somebody who keeps the private one elsewhere',
    'signet keys backup --recipients-file admins.txt -w keys-2026-05.age',
  ],
  ['Back up with a passphrase, which is asked for', 'signet keys backup --passphrase -w keys-2026-05.age'],
];

/** Declares `signet keys backup`. */
export const declareKeysBackup: DeclareCommand = (command, invoke) => {
  command.requiredOption('-w, --write <file>', 'the file to make, which must not exist yet; - for standard output');
  addLockOptions(command);
  addControllerNamespaceOptions(command);
  addExamples(command, EXAMPLES);
  command.action((options: KeysBackupOptions) => invoke((session) => backupKeys(options, session)));
};

/** Read the key Secrets, encrypt them, write the file; with a passphrase, read it back and record that it is good. */
async function backupKeys(options: KeysBackupOptions, session: Session): Promise<ExitCode> {
  const lock = await readLock(session, options);
  try {
    return await withCluster(session, options, (cluster) => backupFrom(cluster, { options, session, lock }));
  } finally {
    wipeUnlock(lock);
  }
}

interface BackupTask {
  readonly options: KeysBackupOptions;
  readonly session: Session;
  readonly lock: BackupLock;
}

async function backupFrom(cluster: Cluster, { options, session, lock }: BackupTask): Promise<ExitCode> {
  const { io, report } = session;
  const found = await readClusterKeys(cluster, await getKeyNamespace(cluster, options));
  const collected = await collect(session, found);
  const plain = formatBackup(collected.content, { at: io.now() });
  const text = await lockFile(plain, lock).finally(() => plain.wipe());
  await write(session, options.write, text);
  report.note(
    `${countOf(collected.facts.length, 'key')} of namespace ${found.namespace} in ${describeTarget(options.write)}`,
  );
  if (lock.kind === 'recipients' || options.write === STDIN_NAME) report.note(nextStep(options.write, lock));
  else await readBack(cluster, { options, session, lock }, found);
  return EXIT.done;
}

function nextStep(file: string, { kind }: BackupLock): string {
  const words = [file === STDIN_NAME ? 'BACKUP' : file, kind === 'recipients' ? '--identity FILE' : '--passphrase'];
  return `check it with \`signet keys verify-backup ${words.join(' ')}\`, which records that it is good`;
}

async function collect({ report }: Session, found: ClusterKeys): Promise<CollectedBackup> {
  const collected = await collectBackup(found);
  for (const { secret, problem } of collected.leftOut) {
    report.warn(`Secret ${found.namespace}/${secret} is not in the backup: ${problem}`);
  }
  if (collected.facts.length > 0) return collected;
  throw new CliError(
    'CLI_OBJECT_NOT_FOUND',
    `cannot back up: there is no sealing key in namespace ${found.namespace}`,
    {
      hint: 'say where the controller runs with --controller-namespace',
    },
  );
}

async function write(session: Session, file: string, text: string): Promise<void> {
  if (file === STDIN_NAME) return writeResult(session, { text, file, access: 'private' });
  const { writeOutputFiles } = await import('../terminal/output-file.ts');
  const path = resolvePath(session.io, file);
  await writeOutputFiles([{ name: file, path, content: text, access: 'private', isNew: true }], session.io.signal);
}

/** Only what was read from the disk again counts as a backup. */
async function readBack(
  cluster: Cluster,
  { options, session, lock }: BackupTask & { readonly lock: BackupLock & { readonly kind: 'passphrase' } },
  found: ClusterKeys,
): Promise<void> {
  const inFile = await inspectKeys((await readBackupFile(session, options.write, lock)).keys);
  const whole = new Set(wholeKeys(inFile).map(({ facts }) => facts.fingerprint));
  for (const { facts } of inFile.keys.filter(({ facts }) => facts.certificate === null)) {
    session.report.warn(
      `the backup of Secret ${found.namespace}/${facts.secret} is not confirmed: it has no certificate of its own`,
    );
  }
  const inCluster = await inspectKeys(found.keys);
  const good = inCluster.keys.filter(({ facts }) => whole.has(facts.fingerprint));
  const confirmed = await confirmBackup(session, cluster, good);
  if (confirmed > 0) session.report.note(`read it back, and recorded the backup of ${countOf(confirmed, 'key')}`);
}

function describeTarget(file: string): string {
  return file === STDIN_NAME ? 'the backup' : JSON.stringify(file);
}
