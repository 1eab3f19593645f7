/** @module `signet keys restore`: the keys of a backup as Secrets in the controller's namespace, and nothing else. */
import type { BackupContent } from '../../shared/key-backup/backup-content.ts';
import { type InspectedKey, type InspectedKeys, inspectKeys } from '../../shared/key-backup/collect-backup.ts';
import type { KeyFacts } from '../../shared/key-backup/key-facts.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { MAX_CLOCK_SKEW_MS } from '../../shared/resources/clock-skew.ts';
import { DIGEST_KEY_SECRET } from '../../shared/resources/names.ts';
import { assertStdinOnce, readUnlock, type UnlockChoice, wipeUnlock } from '../connect/backup-lock.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { findKeyNamespace, readClusterKeys } from '../connect/key-secrets.ts';
import { readBackupFile } from '../connect/read-backup.ts';
import { type RestoredKey, type RestoreTarget, restoreKey } from '../connect/restore-key.ts';
import { addUnlockOptions } from '../options/backup-options.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { formatRestore, type RestoreRow } from '../output/key-tables.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet keys restore` can be told. */
interface KeysRestoreOptions extends ControllerNamespaceOptions, UnlockChoice {
  readonly dryRun?: boolean;
}

const EXAMPLES: readonly Example[] = [
  [
    'See what would be restored, and compare the fingerprints with those that you know',
    'signet keys restore keys-2026-05.age --identity key.txt --dry-run',
  ],
  [
    'Restore into a new cluster, before or after its controller starts',
    'signet keys restore keys-2026-05.age --identity key.txt',
  ],
];

/** Declares `signet keys restore`. */
export const declareKeysRestore: DeclareCommand = (command, invoke) => {
  command.argument('<file>', 'the backup; - for standard input');
  addUnlockOptions(command).option('--dry-run', 'write nothing, and show what would be restored');
  addControllerNamespaceOptions(
    command,
    'where the keys belong; default: where the cluster has keys, else the namespace of the backup',
  );
  addExamples(command, EXAMPLES);
  command.action((file: string, options: KeysRestoreOptions) =>
    invoke((session) => restoreKeys(file, options, session)),
  );
};

/** Open the file, try every key, create the Secrets of those that the cluster lacks. */
async function restoreKeys(file: string, options: KeysRestoreOptions, session: Session): Promise<ExitCode> {
  assertStdinOnce(file, options);
  const unlock = await readUnlock(session, options);
  const content = await readBackupFile(session, file, unlock).finally(() => wipeUnlock(unlock));
  const inFile = await inspectKeys(content.keys);
  for (const { secret, problem } of inFile.broken) {
    session.report.warn(`Secret ${secret} of the backup is not restored: ${problem}`);
  }
  warnOfFuture(session, inFile);
  const rows = await withCluster(session, options, (cluster) =>
    restoreInto(cluster, { content, inFile, options, session }),
  );
  await writeResult(session, { text: formatRestore(rows), file: undefined, access: 'public' });
  if (options.dryRun === true) session.report.note('nothing was written');
  return inFile.broken.length > 0 ? EXIT.findings : EXIT.done;
}

interface RestoreTask {
  readonly content: BackupContent;
  readonly inFile: InspectedKeys;
  readonly options: KeysRestoreOptions;
  readonly session: Session;
}

async function restoreInto(cluster: Cluster, task: RestoreTask): Promise<readonly RestoreRow[]> {
  const { content, inFile, options, session } = task;
  const { report } = session;
  const namespace = (await findKeyNamespace(cluster, options)) ?? content.namespace;
  if (namespace !== content.namespace) {
    report.note(`the backup is of namespace ${content.namespace}, and is restored into namespace ${namespace}`);
  }
  const found = await readClusterKeys(cluster, namespace);
  const here = await inspectKeys(found.keys);
  const present = new Map(here.keys.map(({ facts }) => [facts.fingerprint as string, facts]));
  const target: RestoreTarget = { namespace, present, isDryRun: options.dryRun === true };
  const rows: RestoreRow[] = [];
  // Oldest first: a controller that goes by the age of Secrets seals to the youngest.
  for (const key of [...inFile.keys].sort(oldestFirst)) {
    session.io.signal.throwIfAborted();
    const restored = await restoreKey(cluster, key, target);
    if (restored.result === 'renamed') {
      report.warn(
        `the name ${key.facts.secret} is taken in namespace ${namespace}: the key goes to Secret ${restored.secret}`,
      );
    }
    const standing = present.get(key.facts.fingerprint) ?? key.facts;
    if (standing.isRetired && !key.facts.isRetired) {
      report.note(
        `the key of Secret ${restored.secret} is retired here: \`signet keys unretire\` puts it back into use`,
      );
    }
    rows.push(rowOf(key, { ...restored, standing }, target.isDryRun));
  }
  if (content.digestKey !== null && found.digestKey === null) await restoreDigestKey(cluster, task, target);
  return rows;
}

/** Without it nothing is lost: every SealedSecret is unsealed once more. One that is there belongs to what was written with it. */
async function restoreDigestKey(
  cluster: Cluster,
  { content, session }: RestoreTask,
  target: RestoreTarget,
): Promise<void> {
  const { digestKey } = content;
  if (digestKey === null || target.isDryRun) return;
  const { namespace } = target;
  try {
    await cluster.client.create(SECRETS, { ...digestKey, metadata: { ...digestKey.metadata, namespace } });
    session.report.note(`restored Secret ${namespace}/${DIGEST_KEY_SECRET}`);
  } catch (error) {
    if (!isKubeError(error, 'KUBE_ALREADY_EXISTS')) throw error;
  }
}

/** Nobody can say who made an age file, and the newest certificate is the one that is sealed to. */
function warnOfFuture({ io, report }: Session, { keys }: InspectedKeys): void {
  const latest = io.now().getTime() + MAX_CLOCK_SKEW_MS;
  for (const { facts } of keys) {
    if (stateOf(facts) !== 'in use' || (facts.certificate?.notBefore.getTime() ?? 0) <= latest) continue;
    report.warn(
      `the certificate of ${facts.fingerprint} begins in the future: the controller will seal to it before all others`,
      'restore it only if you know this fingerprint',
    );
  }
}

function rowOf(
  { facts }: InspectedKey,
  { result, secret, standing }: RestoredKey & { readonly standing: KeyFacts },
  isDryRun: boolean,
): RestoreRow {
  const words = { present: 'there already', created: 'restored', renamed: 'restored under another name' };
  return {
    secret,
    fingerprint: facts.fingerprint,
    state: stateOf(standing),
    result: isDryRun && result !== 'present' ? `would be ${words[result]}` : words[result],
  };
}

function stateOf({ isRetired, unknownLabel }: KeyFacts): string {
  if (isRetired) return 'retired';
  return unknownLabel === null ? 'in use' : 'not in use';
}

function oldestFirst(a: InspectedKey, b: InspectedKey): number {
  return beginOf(a) - beginOf(b) || (a.facts.secret < b.facts.secret ? -1 : 1);
}

function beginOf({ facts }: InspectedKey): number {
  return facts.certificate?.notBefore.getTime() ?? 0;
}
