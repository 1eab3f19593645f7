/** @module `signet sync rollback` and `signet sync unpin`: hold a GitSync at an earlier commit, and let it go again. */
import { commitOf } from '../../shared/git/git-reference.ts';
import type { GitSync, GitSyncPin } from '../../shared/resources/git-sync.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { nameOf, patchSpec, readGitSync } from '../connect/git-syncs.ts';
import { findRollbackTarget, isInPlace, type RollbackTarget } from '../connect/rollback-target.ts';
import {
  addClusterOptions,
  addControllerNamespaceOptions,
  type ClusterOptions,
  type ControllerNamespaceOptions,
} from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addKustomizeOption, type KustomizeOption } from '../options/kustomize-option.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { CliError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Session } from '../terminal/session.ts';
import { runPreflight } from './rollback-preflight.ts';
import { awaitSettled } from './settled-sync.ts';

/** What `signet sync rollback` can be told. */
interface SyncRollbackOptions extends ControllerNamespaceOptions, KustomizeOption, WaitOptions {
  readonly namespace?: string;
  readonly allowHttpGit?: boolean;
  /** False with `--no-preflight`. */
  readonly preflight: boolean;
  readonly yes?: boolean;
}

/** What `signet sync unpin` can be told. */
interface SyncUnpinOptions extends ClusterOptions {
  readonly namespace?: string;
}

const ROLLBACK_EXAMPLES: readonly Example[] = [
  ['Back to what was there before the last sync, until a newer commit arrives', 'signet sync rollback shop -n shop'],
  ['Back to a commit of the history', 'signet sync rollback shop 3f2a91c07b6d -n shop'],
];
const UNPIN_EXAMPLES: readonly Example[] = [
  ['Follow the branch again, without waiting for a newer commit', 'signet sync unpin shop -n shop'],
];

/** Declares `signet sync rollback`. */
export const declareSyncRollback: DeclareCommand = (command, invoke) => {
  command
    .argument('<name>', 'the GitSync')
    .argument(
      '[commit]',
      'a commit of its history, 7 or more digits; -1 (the default) is the one before, -2 the next',
      '-1',
    )
    .option('-n, --namespace <namespace>', "default: the context's")
    .option('--allow-http-git', 'read the repository over plain http, as the controller may be told to')
    .option('--no-preflight', 'do not look at the commit and the cluster first')
    .option('--yes', 'do not ask');
  addExamples(addWaitOptions(addControllerNamespaceOptions(addKustomizeOption(command)), '5m'), ROLLBACK_EXAMPLES);
  command.action((name: string, commit: string, options: SyncRollbackOptions) =>
    invoke((session) =>
      withCluster(session, options, (cluster) => rollBack(cluster, { name, commit, ...options }, session)),
    ),
  );
};

/** Declares `signet sync unpin`. */
export const declareSyncUnpin: DeclareCommand = (command, invoke) => {
  command.argument('<name>', 'the GitSync').option('-n, --namespace <namespace>', "default: the context's");
  addExamples(addClusterOptions(command), UNPIN_EXAMPLES);
  command.action((name: string, options: SyncUnpinOptions) =>
    invoke((session) => withCluster(session, options, (cluster) => unpin(cluster, name, options, session))),
  );
};

interface RollbackRequest extends SyncRollbackOptions {
  readonly name: string;
  readonly commit: string;
}

/** Choose the commit, look at what it would do, ask, pin, wait. */
async function rollBack(cluster: Cluster, request: RollbackRequest, session: Session): Promise<ExitCode> {
  const { report, io } = session;
  const gitSync = await readGitSync(cluster, request.namespace ?? cluster.namespace, request.name);
  assertActive(gitSync);
  const target = findRollbackTarget(gitSync, request.commit);
  const { commit } = target;
  if (target.entry !== undefined && !isInPlace(target.entry)) {
    report.warn(`commit ${commit.slice(0, 12)} did not get into place when it was synced: ${target.entry.result}`);
  }
  const preflight = request.preflight
    ? await runPreflight(session, cluster, { ...request, gitSync, commit })
    : { tip: undefined, words: wordsOf(target) };
  const pin = pinOf(gitSync, commit, preflight.tip);
  tellTip(session, gitSync, pin);
  const question = `Hold GitSync ${nameOf(gitSync)} at ${commit.slice(0, 12)}, ${preflight.words}?`;
  if (request.yes !== true && !(await confirm(io, question))) {
    report.note('nothing was changed');
    return EXIT.findings;
  }
  // A field that is not there must not stay from an earlier pin.
  const pinned = await patchSpec(cluster, gitSync, { pin: { commit, until: pin.until ?? null } });
  report.note(`pinned GitSync ${nameOf(gitSync)} to ${commit}; waiting`);
  const { generation = 0 } = pinned.metadata;
  return awaitSettled(session, cluster, {
    gitSync: pinned,
    asked: 'pinned',
    isTakenUp: ({ status }) => (status?.observedGeneration ?? -1) >= generation,
    timeoutMs: request.timeout,
  });
}

function assertActive(gitSync: GitSync): void {
  if (gitSync.spec.suspend !== true) return;
  const { namespace = '', name = '' } = gitSync.metadata;
  throw new CliError('CLI_OBJECT_INVALID', `cannot roll back GitSync ${nameOf(gitSync)}: it is paused`, {
    hint: `\`signet sync resume ${name} -n ${namespace}\` first`,
  });
}

/** Without a look at the repository, the bad commit is the one that the controller saw last, or that of an earlier pin. */
function pinOf({ spec, status }: GitSync, commit: string, tip: string | undefined): GitSyncPin {
  const until = tip ?? spec.pin?.until ?? commitOf(status?.lastAttemptedRevision) ?? undefined;
  return until === undefined ? { commit } : { commit, until };
}

/** Says what ends the pin, and that commits which nobody has synced yet count as bad, too. */
function tellTip({ report }: Session, { spec, status }: GitSync, { commit, until }: GitSyncPin): void {
  if (until === undefined) {
    report.warn('the pin will hold until it is taken away: it is not known which commit is the bad one');
    return;
  }
  const seen = commitOf(status?.lastAttemptedRevision);
  if (spec.pin === undefined && seen !== null && until !== seen) {
    report.warn(`the repository has moved on to ${until.slice(0, 12)}, which was not synced yet and will not be`);
  }
  if (until === commit) report.note('that is the newest commit: the pin is let go at the next one');
  else report.note(`the pin will be let go at the first commit newer than ${until.slice(0, 12)}`);
}

function wordsOf({ entry }: RollbackTarget): string {
  return entry?.subject === undefined ? 'of which nothing is known' : `${entry.subject} (${entry.author ?? '-'})`;
}

async function unpin(cluster: Cluster, name: string, options: SyncUnpinOptions, session: Session): Promise<ExitCode> {
  const gitSync = await readGitSync(cluster, options.namespace ?? cluster.namespace, name);
  const { pin } = gitSync.spec;
  if (pin === undefined) {
    session.report.note(`GitSync ${nameOf(gitSync)} is not pinned`);
    return EXIT.done;
  }
  await patchSpec(cluster, gitSync, { pin: null });
  session.report.note(`let go of ${pin.commit}: GitSync ${nameOf(gitSync)} follows its reference again`);
  return EXIT.done;
}
