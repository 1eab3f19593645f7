/** @module `signet sync approve`: lets one plan through that the controller holds back, by its digest. */
import { countOf } from '../../shared/encoding/count-of.ts';
import type { ApprovalStatus, GitSync } from '../../shared/resources/git-sync.ts';
import { APPROVE_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { digestApproval } from '../../shared/sync-plan/approval.ts';
import { itemsOfStatus } from '../../shared/sync-plan/approval-status.ts';
import { approveCommand } from '../../shared/sync-plan/approve-command.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { annotateGitSync, nameOf, readGitSync } from '../connect/git-syncs.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { formatApprovalItems } from '../output/approval-text.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Session } from '../terminal/session.ts';
import { awaitSettled } from './settled-sync.ts';
import { writeResult } from './write-result.ts';

/** What `signet sync approve` can be told. */
interface SyncApproveOptions extends ClusterOptions, WaitOptions {
  readonly namespace?: string;
  /** Digest of the plan to approve; without it, somebody is asked. */
  readonly plan?: string;
}

interface ApproveRequest extends SyncApproveOptions {
  readonly name: string;
}

const EXAMPLES: readonly Example[] = [
  ['See what is held back, and let it through', 'signet sync approve shop -n shop'],
  [
    'Approve just the plan that was reviewed',
    'signet sync approve shop -n shop --plan 3f2a91c07b6d5e4f3f2a91c07b6d5e4f',
  ],
];

/** Declares `signet sync approve`. */
export const declareSyncApprove: DeclareCommand = (command, invoke) => {
  command
    .argument('<name>', 'the GitSync')
    .option('-n, --namespace <namespace>', "default: the context's")
    .option('--plan <digest>', 'approve the plan of this digest and no other, and do not ask');
  addExamples(addWaitOptions(addClusterOptions(command), '5m'), EXAMPLES);
  command.action((name: string, options: SyncApproveOptions) =>
    invoke((session) => withCluster(session, options, (cluster) => approve(cluster, { name, ...options }, session))),
  );
};

/** Read what is held, show it, ask, approve, wait. */
async function approve(cluster: Cluster, request: ApproveRequest, session: Session): Promise<ExitCode> {
  const { report } = session;
  const gitSync = await readGitSync(cluster, request.namespace ?? cluster.namespace, request.name);
  assertLookedAt(gitSync);
  const held = gitSync.status?.approval ?? null;
  if (held === null) return tellNothing(gitSync, request, session);
  await assertAsked(gitSync, held, request);
  await show(gitSync, held, session);
  if (request.plan === undefined && !(await agrees(gitSync, held, session))) {
    report.note('nothing was changed');
    return EXIT.findings;
  }
  await annotateGitSync(cluster, gitSync, { [APPROVE_ANNOTATION]: held.digest });
  report.note(`approved plan ${held.digest} of GitSync ${nameOf(gitSync)}; waiting`);
  return awaitSettled(session, cluster, {
    gitSync,
    asked: 'approved',
    isTakenUp: ({ status }) => status?.approval?.digest !== held.digest,
    timeoutMs: request.timeout,
  });
}

function assertLookedAt(gitSync: GitSync): void {
  const { metadata, spec, status } = gitSync;
  const { namespace = '', name = '' } = metadata;
  if (spec.suspend === true) {
    throw new CliError('CLI_OBJECT_INVALID', `cannot approve a plan of GitSync ${nameOf(gitSync)}: it is paused`, {
      hint: `\`signet sync resume ${name} -n ${namespace}\` first`,
    });
  }
  if ((status?.observedGeneration ?? -1) === metadata.generation) return;
  const message = `cannot approve a plan of GitSync ${nameOf(gitSync)}: the controller has not looked at it since it was changed`;
  throw new CliError('CLI_OBJECT_INVALID', message, {
    hint: `\`signet sync reconcile ${name} -n ${namespace}\` first`,
  });
}

/** That there is nothing to approve is fine, but for a plan that was named and is not the one that was approved last. */
function tellNothing(gitSync: GitSync, { plan }: ApproveRequest, { report }: Session): ExitCode {
  const approved = annotationOf(gitSync.metadata, APPROVE_ANNOTATION);
  if (plan !== undefined && plan !== approved) {
    throw new CliError(
      'CLI_OBJECT_INVALID',
      `cannot approve plan ${plan} of GitSync ${nameOf(gitSync)}: nothing wants approval`,
    );
  }
  report.note(`nothing of GitSync ${nameOf(gitSync)} wants approval`);
  return EXIT.done;
}

/** What is shown has to be what the digest names, and what was asked for. */
async function assertAsked(gitSync: GitSync, held: ApprovalStatus, { plan }: ApproveRequest): Promise<void> {
  const { namespace = '', name = '' } = gitSync.metadata;
  if (plan !== undefined && plan !== held.digest) {
    const message = `cannot approve plan ${plan} of GitSync ${nameOf(gitSync)}: the plan that wants approval is ${held.digest}`;
    throw new CliError('CLI_OBJECT_INVALID', message, {
      hint: `see it with \`signet sync plan ${name} -n ${namespace}\``,
    });
  }
  if (held.more > 0) return;
  const request = { owner: `${namespace}/${name}`, commit: held.commit, items: itemsOfStatus(held) };
  if ((await digestApproval(request)) === held.digest) return;
  const message = `cannot approve a plan of GitSync ${nameOf(gitSync)}: its status lists other objects than its digest is of`;
  throw new CliError('CLI_OBJECT_INVALID', message, {
    hint: `\`signet sync reconcile ${name} -n ${namespace}\`, and look again`,
  });
}

async function show(gitSync: GitSync, held: ApprovalStatus, session: Session): Promise<void> {
  await writeResult(session, { text: formatApprovalItems(itemsOfStatus(held)), file: undefined, access: 'public' });
  const { namespace = '', name = '' } = gitSync.metadata;
  if (held.more > 0) {
    session.report.warn(
      `${countOf(held.more, 'more object')} are not listed`,
      `\`signet sync plan ${name} -n ${namespace}\` shows them all`,
    );
  }
  session.report.note(`plan ${held.digest} of commit ${held.commit}`);
}

async function agrees(gitSync: GitSync, held: ApprovalStatus, { io }: Session): Promise<boolean> {
  if (io.terminal === null) {
    throw usageError(
      'cannot ask whether to approve: standard input is no terminal',
      approveCommand(gitSync, held.digest),
    );
  }
  const count = countOf(held.items.length + held.more, 'object');
  return confirm(io, `Approve what is listed above, ${count} of GitSync ${nameOf(gitSync)}?`);
}
