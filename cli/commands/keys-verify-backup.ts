/** @module `signet keys verify-backup`: whether a backup opens, is whole, and holds every key of the cluster. */
import type { BackupContent } from '../../shared/key-backup/backup-content.ts';
import { type InspectedKeys, inspectKeys, wholeKeys } from '../../shared/key-backup/collect-backup.ts';
import { assertStdinOnce, readUnlock, type UnlockChoice, wipeUnlock } from '../connect/backup-lock.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { confirmBackup } from '../connect/confirm-backup.ts';
import { getKeyNamespace, readClusterKeys } from '../connect/key-secrets.ts';
import { readBackupFile } from '../connect/read-backup.ts';
import { addUnlockOptions } from '../options/backup-options.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { type BackupCheckRow, formatBackupCheck } from '../output/key-tables.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet keys verify-backup` can be told. */
interface KeysVerifyBackupOptions extends ControllerNamespaceOptions, UnlockChoice {
  readonly offline?: boolean;
  readonly confirm: boolean;
}

const EXAMPLES: readonly Example[] = [
  [
    'Check a backup with the private key that it was made for, and record that it is good',
    'signet keys verify-backup keys-2026-05.age --identity key.txt',
  ],
  [
    'See what is in a backup, with no cluster at hand',
    'signet keys verify-backup keys-2026-05.age --passphrase --offline',
  ],
];

/** Declares `signet keys verify-backup`. */
export const declareKeysVerifyBackup: DeclareCommand = (command, invoke) => {
  command.argument('<file>', 'the backup; - for standard input');
  addUnlockOptions(command)
    .option('--offline', 'check the file alone')
    .option('--no-confirm', 'do not record on the key Secrets that their backup is good');
  addControllerNamespaceOptions(command);
  addExamples(command, EXAMPLES);
  command.action((file: string, options: KeysVerifyBackupOptions) =>
    invoke((session) => verifyBackup(file, options, session)),
  );
};

/** Open the file, try every key, compare with the cluster, record what is good. */
async function verifyBackup(file: string, options: KeysVerifyBackupOptions, session: Session): Promise<ExitCode> {
  assertStdinOnce(file, options);
  const unlock = await readUnlock(session, options);
  const content = await readBackupFile(session, file, unlock).finally(() => wipeUnlock(unlock));
  const inFile = await inspectKeys(content.keys);
  const rows =
    options.offline === true
      ? rowsOf(inFile, null)
      : await withCluster(session, options, (cluster) => compare(cluster, { content, inFile, options, session }));
  await writeResult(session, { text: formatBackupCheck(rows), file: undefined, access: 'public' });
  const findings = rows.filter(({ isFinding }) => isFinding).length;
  if (findings > 0) session.report.warn(`${findings} of ${rows.length} keys are not as they should be`);
  return findings > 0 ? EXIT.findings : EXIT.done;
}

interface Comparison {
  readonly content: BackupContent;
  readonly inFile: InspectedKeys;
  readonly options: KeysVerifyBackupOptions;
  readonly session: Session;
}

async function compare(
  cluster: Cluster,
  { content, inFile, options, session }: Comparison,
): Promise<readonly BackupCheckRow[]> {
  const { report } = session;
  const namespace = await getKeyNamespace(cluster, options);
  const found = await readClusterKeys(cluster, namespace);
  const inCluster = await inspectKeys(found.keys);
  if (content.namespace !== namespace) {
    report.note(`the backup is of namespace ${content.namespace}, and is compared with namespace ${namespace}`);
  }
  for (const { secret, problem } of inCluster.broken)
    report.note(`Secret ${namespace}/${secret} does not count: ${problem}`);
  if (found.digestKey !== null && content.digestKey === null) {
    report.note('the backup has no digest key; after a restore every SealedSecret is unsealed once more');
  }
  const whole = new Set(wholeKeys(inFile).map(({ facts }) => facts.fingerprint));
  const good = inCluster.keys.filter(({ facts }) => whole.has(facts.fingerprint));
  if (options.confirm) {
    const confirmed = await confirmBackup(session, cluster, good);
    if (confirmed > 0) report.note(`recorded the backup of ${confirmed} of ${inCluster.keys.length} keys`);
  }
  return rowsOf(inFile, inCluster);
}

/** `inCluster` is null when there is nothing to compare with. */
function rowsOf(inFile: InspectedKeys, inCluster: InspectedKeys | null): readonly BackupCheckRow[] {
  const here = new Set(inCluster?.keys.map(({ facts }) => facts.fingerprint));
  const backedUp = new Set(inFile.keys.map(({ facts }) => facts.fingerprint));
  const present = inFile.keys.map(({ facts }): BackupCheckRow => {
    const { secret, fingerprint, certificate } = facts;
    if (certificate === null) return { secret, fingerprint, result: 'has no certificate of its own', isFinding: true };
    const isExtra = inCluster !== null && !here.has(fingerprint);
    return { secret, fingerprint, result: isExtra ? 'good, and not in the cluster' : 'good', isFinding: isExtra };
  });
  const broken = inFile.broken.map(({ secret, problem }) => ({
    secret,
    fingerprint: '-',
    result: `broken: ${problem}`,
    isFinding: true,
  }));
  const missing = (inCluster?.keys ?? [])
    .filter(({ facts }) => !backedUp.has(facts.fingerprint))
    .map(({ facts: { secret, fingerprint } }) => ({
      secret,
      fingerprint,
      result: 'missing in the backup',
      isFinding: true,
    }));
  return [...missing, ...broken, ...present];
}
