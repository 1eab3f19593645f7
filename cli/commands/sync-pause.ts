/** @module `signet sync pause` and `signet sync resume`: stop looking after a GitSync, and take it up again. */
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { nameOf, patchSpec, readGitSync } from '../connect/git-syncs.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';

/** What the two can be told. */
interface SyncPauseOptions extends ClusterOptions {
  readonly namespace?: string;
}

const PAUSE_EXAMPLES: readonly Example[] = [
  ['Keep what is in the cluster as it is, while somebody looks at it by hand', 'signet sync pause shop -n shop'],
];
const RESUME_EXAMPLES: readonly Example[] = [['Sync again', 'signet sync resume shop -n shop']];

/** Declares `signet sync pause`. */
export const declareSyncPause: DeclareCommand = (command, invoke) => {
  command.argument('<name>', 'the GitSync').option('-n, --namespace <namespace>', "default: the context's");
  addExamples(addClusterOptions(command), PAUSE_EXAMPLES);
  command.action((name: string, options: SyncPauseOptions) =>
    invoke((session) => withCluster(session, options, (cluster) => pause(cluster, name, options, session))),
  );
};

/** Declares `signet sync resume`. */
export const declareSyncResume: DeclareCommand = (command, invoke) => {
  command.argument('<name>', 'the GitSync').option('-n, --namespace <namespace>', "default: the context's");
  addExamples(addClusterOptions(command), RESUME_EXAMPLES);
  command.action((name: string, options: SyncPauseOptions) =>
    invoke((session) => withCluster(session, options, (cluster) => resume(cluster, name, options, session))),
  );
};

async function pause(cluster: Cluster, name: string, options: SyncPauseOptions, session: Session): Promise<ExitCode> {
  const gitSync = await readGitSync(cluster, options.namespace ?? cluster.namespace, name);
  if (gitSync.spec.suspend === true) {
    session.report.note(`GitSync ${nameOf(gitSync)} is paused already`);
    return EXIT.done;
  }
  await patchSpec(cluster, gitSync, { suspend: true });
  const { namespace } = gitSync.metadata;
  session.report.note(
    `paused GitSync ${nameOf(gitSync)}: no new commit is looked at, and nothing is applied, repaired or pruned, until \`signet sync resume ${name} -n ${namespace ?? ''}\``,
  );
  session.report.note(
    'if it is deleted meanwhile, its objects stay in the cluster; SealedSecrets are unsealed all the same',
  );
  return EXIT.done;
}

async function resume(cluster: Cluster, name: string, options: SyncPauseOptions, session: Session): Promise<ExitCode> {
  const gitSync = await readGitSync(cluster, options.namespace ?? cluster.namespace, name);
  const { suspend, pin } = gitSync.spec;
  if (suspend === true) await patchSpec(cluster, gitSync, { suspend: false });
  session.report.note(
    suspend === true
      ? `resumed GitSync ${nameOf(gitSync)}: it is synced now, and what changed meanwhile is brought back to what Git says`
      : `GitSync ${nameOf(gitSync)} is not paused`,
  );
  if (pin !== undefined) {
    const { namespace = '' } = gitSync.metadata;
    session.report.note(`it is pinned to ${pin.commit}; \`signet sync unpin ${name} -n ${namespace}\` ends that`);
  }
  return EXIT.done;
}
