/** @module `signet sync status`: how GitSyncs stand. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { withCluster } from '../connect/cluster.ts';
import { readGitSyncs } from '../connect/git-syncs.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addJsonOption, type JsonOption } from '../options/output-options.ts';
import { formatSyncStatus } from '../output/sync-status-text.ts';
import { usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet sync status` can be told. */
interface SyncStatusOptions extends ClusterOptions, JsonOption {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

const EXAMPLES: readonly Example[] = [
  ['Every GitSync of the cluster', 'signet sync status -A'],
  ['One of them, with each failing object and its place in Git', 'signet sync status shop -n shop'],
];

/** Declares `signet sync status`. */
export const declareSyncStatus: DeclareCommand = (command, invoke) => {
  command
    .argument('[name]', 'a GitSync; default: all of the namespace')
    .option('-n, --namespace <namespace>', "default: the context's")
    .option('-A, --all-namespaces', 'in every namespace');
  addExamples(addClusterOptions(addJsonOption(command)), EXAMPLES);
  command.action((name: string | undefined, options: SyncStatusOptions) =>
    invoke((session) => showSyncStatus(name, options, session)),
  );
};

/** Read the GitSyncs and print them. */
async function showSyncStatus(
  name: string | undefined,
  options: SyncStatusOptions,
  session: Session,
): Promise<ExitCode> {
  const isEverywhere = options.allNamespaces === true;
  if (isEverywhere && name !== undefined)
    throw usageError('cannot use -A together with a name', 'name the namespace with -n');
  const syncs = await withCluster(session, options, (cluster) => readGitSyncs(cluster, name, options));
  if (syncs.length === 0 && options.output !== 'json') {
    session.report.note('found no GitSync');
    return EXIT.done;
  }
  const text = options.output === 'json' ? `${stringifyJson(syncs, 2)}\n` : formatSyncStatus(syncs, isEverywhere);
  await writeResult(session, { text, file: undefined, access: 'public' });
  return EXIT.done;
}
