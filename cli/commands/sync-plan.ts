/** @module `signet sync plan`: what a sync would do now, found out by dry runs. */
import { type Command, Option } from 'commander';
import { commitOf } from '../../shared/git/git-reference.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { readMergeSides } from '../connect/asked-revision.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { readGitSync } from '../connect/git-syncs.ts';
import { kustomizeBuilder } from '../connect/kustomize.ts';
import { previewTree } from '../connect/preview-tree.ts';
import { fetchSource, readLocalSource, type SyncSource } from '../connect/sync-source.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addKustomizeOption, type KustomizeOption } from '../options/kustomize-option.ts';
import type { Plan } from '../output/plan-counts.ts';
import { type CliError, usageError } from '../terminal/errors.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { showPlan } from './show-plan.ts';

/** What `signet sync plan` can be told. */
interface SyncPlanOptions extends ControllerNamespaceOptions, KustomizeOption {
  readonly namespace?: string;
  readonly dir?: string;
  readonly revision?: string;
  readonly merge?: string;
  readonly allowHttpGit?: boolean;
  readonly output?: 'text' | 'markdown' | 'json';
}

/** What is planned: exactly one of name and folder may be absent, and never a folder beside a revision. */
interface PlanRequest extends SyncPlanOptions {
  readonly name: string | undefined;
}

const EXAMPLES: readonly Example[] = [
  ['What the next sync will do; exit code 1 when there is something to do', 'signet sync plan shop -n shop'],
  ['What it would do with the files of this checkout, committed or not', 'signet sync plan shop -n shop --dir .'],
  [
    'What merging a pull request would do, as a comment for it',
    'signet sync plan shop -n shop --revision refs/pull/7/merge -o markdown',
  ],
  ['The same, merged here', 'signet sync plan shop -n shop --merge main..feature'],
  ['How a folder differs from the cluster, without any GitSync', 'signet sync plan --dir deploy -n shop'],
];

/** Declares `signet sync plan`. */
export const declareSyncPlan: DeclareCommand = (command, invoke) => {
  command.argument('[name]', 'the GitSync; may be left out with --dir');
  addControllerNamespaceOptions(addKustomizeOption(addPlanOptions(command)));
  addExamples(command, EXAMPLES);
  command.action((name: string | undefined, options: SyncPlanOptions) =>
    invoke((session) => planSync({ ...options, name }, session)),
  );
};

function addPlanOptions(command: Command): Command {
  const forms = new Option('-o, --output <format>', 'form of the result; default: text');
  return command
    .option('-n, --namespace <namespace>', "of the GitSync, or of objects that name none; default: the context's")
    .option(
      '--dir <directory>',
      'a checkout of the repository to read in place of Git; without NAME, the files themselves',
    )
    .option(
      '--revision <revision>',
      'a branch, tag, full commit id or full name of the repository, such as refs/pull/7/merge',
    )
    .option(
      '--merge <base..head>',
      'HEAD merged into BASE, each as for --revision; default for BASE: what the GitSync follows',
    )
    .option('--allow-http-git', 'read the repository over plain http, as the controller may be told to')
    .addOption(forms.choices(['text', 'markdown', 'json']));
}

/** Read the GitSync, its files and its inventory; preview; print. The cluster is left as it is. */
async function planSync(request: PlanRequest, session: Session): Promise<ExitCode> {
  assertCoherent(request);
  const plan = await withCluster(session, request, (cluster) => makePlan(cluster, request, session));
  return showPlan(session, plan, request.output);
}

/** @throws CliError `CLI_USAGE` for a request that names no files, or files twice */
function assertCoherent({ dir, revision, merge, name }: PlanRequest): void {
  if (name === undefined && dir === undefined) throw nothingToPlan();
  const given = [dir, revision, merge].filter((value) => value !== undefined);
  if (given.length > 1) throw usageError('--dir, --revision and --merge exclude each other');
  if (merge !== undefined) readMergeSides(merge);
}

function nothingToPlan(): CliError {
  return usageError('cannot plan nothing', 'name a GitSync, or give --dir');
}

async function makePlan(cluster: Cluster, request: PlanRequest, session: Session): Promise<Plan> {
  const namespace = request.namespace ?? cluster.namespace;
  const gitSync = request.name === undefined ? null : await readGitSync(cluster, namespace, request.name);
  const { tree, revision } = await readSource(cluster, gitSync, request, session);
  const commit = request.merge === undefined && request.dir === undefined ? commitOf(revision) : null;
  const build = kustomizeBuilder(session, request.kustomize);
  const preview = await previewTree(cluster, gitSync, tree, {
    namespace,
    build,
    controller: request,
    ...(commit !== null && { commit }),
  });
  return { gitSync: gitSync === null ? null : `${namespace}/${request.name ?? ''}`, revision, preview };
}

async function readSource(
  cluster: Cluster,
  gitSync: GitSync | null,
  { dir, ...choice }: PlanRequest,
  session: Session,
): Promise<SyncSource> {
  if (dir !== undefined) return readLocalSource(session, gitSync, dir);
  if (gitSync === null) throw nothingToPlan();
  const { pin } = gitSync.spec;
  if (pin !== undefined && choice.revision === undefined && choice.merge === undefined) {
    session.report.note(`the GitSync is pinned to commit ${pin.commit}, and that is what is planned`);
  }
  return fetchSource(session, cluster, gitSync, choice);
}
