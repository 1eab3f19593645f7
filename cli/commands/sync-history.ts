/** @module `signet sync history`: the last syncs of a GitSync that changed something or failed. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { withCluster } from '../connect/cluster.ts';
import { readGitSync } from '../connect/git-syncs.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addJsonOption, type JsonOption } from '../options/output-options.ts';
import { formatSyncHistory, historyOf } from '../output/sync-history-text.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet sync history` can be told. */
interface SyncHistoryOptions extends ClusterOptions, JsonOption {
  readonly namespace?: string;
}

const EXAMPLES: readonly Example[] = [
  ['Which commits came into the cluster, who wrote them and what they did', 'signet sync history shop -n shop'],
];

/** Declares `signet sync history`. */
export const declareSyncHistory: DeclareCommand = (command, invoke) => {
  command.argument('<name>', 'the GitSync').option('-n, --namespace <namespace>', "default: the context's");
  addExamples(addClusterOptions(addJsonOption(command)), EXAMPLES);
  command.action((name: string, options: SyncHistoryOptions) =>
    invoke((session) => showSyncHistory(name, options, session)),
  );
};

async function showSyncHistory(name: string, options: SyncHistoryOptions, session: Session): Promise<ExitCode> {
  const history = await withCluster(session, options, async (cluster) =>
    historyOf(await readGitSync(cluster, options.namespace ?? cluster.namespace, name)),
  );
  if (history.length === 0 && options.output !== 'json') {
    session.report.note('nothing was synced yet');
    return EXIT.done;
  }
  const text = options.output === 'json' ? `${stringifyJson(history, 2)}\n` : formatSyncHistory(history);
  await writeResult(session, { text, file: undefined, access: 'public' });
  return EXIT.done;
}
