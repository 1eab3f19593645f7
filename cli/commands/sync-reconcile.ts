/** @module `signet sync reconcile`: has a GitSync looked at now, and waits for the outcome. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { conditionOf } from '../../shared/resources/conditions.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { withCluster } from '../connect/cluster.ts';
import { annotateGitSync, readGitSync } from '../connect/git-syncs.ts';
import { waitFor } from '../connect/wait-for.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { CliError } from '../terminal/errors.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { tellOutcome } from './settled-sync.ts';

/** What `signet sync reconcile` can be told. */
interface SyncReconcileOptions extends ClusterOptions, WaitOptions {
  readonly namespace?: string;
}

const EXAMPLES: readonly Example[] = [['Apply what was just pushed', 'signet sync reconcile shop -n shop']];

/** Declares `signet sync reconcile`. */
export const declareSyncReconcile: DeclareCommand = (command, invoke) => {
  command.argument('<name>', 'the GitSync').option('-n, --namespace <namespace>', "default: the context's");
  addExamples(addWaitOptions(addClusterOptions(command), '5m'), EXAMPLES);
  command.action((name: string, options: SyncReconcileOptions) =>
    invoke((session) => reconcile(name, options, session)),
  );
};

/** True when the request was taken up and came to an end; Ready is Unknown while it is worked on. */
function isSettled(sync: GitSync, requestedAt: string): boolean {
  const ready = conditionOf(sync, 'Ready');
  return sync.status?.lastHandledReconcileAt === requestedAt && ready !== undefined && ready.status !== 'Unknown';
}

/** Ask by annotation, wait until the status acknowledges it, tell the outcome. */
async function reconcile(name: string, options: SyncReconcileOptions, session: Session): Promise<ExitCode> {
  const sync = await withCluster(session, options, async (cluster): Promise<GitSync> => {
    const namespace = options.namespace ?? cluster.namespace;
    const before = await readGitSync(cluster, namespace, name);
    if (before.spec?.suspend === true) {
      throw new CliError('CLI_OBJECT_INVALID', `cannot reconcile GitSync "${namespace}/${name}": it is suspended`, {
        hint: `\`signet sync resume ${name} -n ${namespace}\` first`,
      });
    }
    const requestedAt = session.io.now().toISOString();
    await annotateGitSync(cluster, before, { [RECONCILE_REQUESTED_ANNOTATION]: requestedAt });
    session.report.note(`asked for GitSync "${namespace}/${name}" at ${requestedAt}; waiting`);
    const answer = await waitFor(session.io, options.timeout, async () => {
      const now = await readGitSync(cluster, namespace, name);
      return isSettled(now, requestedAt) ? now : null;
    });
    if (answer !== null) return answer;
    throw tooLate(await readGitSync(cluster, namespace, name), requestedAt, options.timeout);
  });
  return tellOutcome(session, sync);
}

/** A controller that does not answer, and one that waits for something, are looked into in different places. */
function tooLate(sync: GitSync, requestedAt: string, timeoutMs: number): CliError {
  const { metadata, status } = sync;
  const { namespace = '', name = '' } = metadata;
  const see = `see \`signet sync status ${name} -n ${namespace}\``;
  const ready = conditionOf(sync, 'Ready');
  if (status?.lastHandledReconcileAt !== requestedAt || ready === undefined) {
    const message = `no answer after ${timeoutMs / 1000} s: GitSync "${namespace}/${name}" was not looked at`;
    return new CliError('CLI_TIMED_OUT', message, { hint: `${see} and the controller's log` });
  }
  const stand = toPrintableLine(`${ready.reason}: ${ready.message}`);
  const message = `after ${timeoutMs / 1000} s GitSync "${namespace}/${name}" was looked at and is not in place yet: ${stand}`;
  return new CliError('CLI_TIMED_OUT', message, { hint: see });
}
