/** @module `signet sync run`: one sync from here, with the rights of the user and no controller. */
import { type Command, Option } from 'commander';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { commitOf } from '../../shared/git/git-reference.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { DEFAULT_SIGNET_NAMESPACE } from '../../shared/resources/names.ts';
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { RefusedRun } from '../../shared/sync/refused-run.ts';
import { runSync, type SyncRun } from '../../shared/sync/run-sync.ts';
import { createObjectDigest } from '../../shared/sync-plan/digest.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { nameOf } from '../connect/git-syncs.ts';
import { findKeyList } from '../connect/key-lists.ts';
import { kustomizeBuilder } from '../connect/kustomize.ts';
import { previewTree } from '../connect/preview-tree.ts';
import { fetchSource, readLocalSource, type SyncSource } from '../connect/sync-source.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { parseDuration } from '../options/collect.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addKustomizeOption, type KustomizeOption } from '../options/kustomize-option.ts';
import { formatRun, formatRunJson, summarizeRun } from '../output/run-text.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { assertOneTarget, findRunTarget, type RunTargetChoice } from './run-target.ts';
import { showPlan } from './show-plan.ts';
import { writeResult } from './write-result.ts';

/** What `signet sync run` can be told. */
interface SyncRunOptions extends ControllerNamespaceOptions, KustomizeOption, Omit<RunTargetChoice, 'argument'> {
  readonly dir?: string;
  readonly allowHttpGit?: boolean;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly output?: 'text' | 'json';
}

/** What was asked for, found. */
interface RunRequest {
  readonly gitSync: GitSync;
  readonly source: SyncSource;
  readonly options: SyncRunOptions;
}

const DEFAULT_TIMEOUT = '5m';

const EXAMPLES: readonly Example[] = [
  ['Sync what a suspended GitSync follows, and wait until it is healthy', 'signet sync run shop -n shop --wait'],
  ['Sync what a GitSync in a file follows; it need not be in the cluster', 'signet sync run -f gitsync.yaml'],
  [
    'Sync the files of this checkout, and prune what left them',
    'signet sync run --dir deploy --name shop -n shop --prune',
  ],
  ['What that would do', 'signet sync run --dir deploy --name shop -n shop --prune --dry-run'],
];

/** Declares `signet sync run`. */
export const declareSyncRun: DeclareCommand = (command, invoke) => {
  command.argument('[name]', 'a GitSync of the cluster');
  addExamples(addKustomizeOption(addRunOptions(addControllerNamespaceOptions(command))), EXAMPLES);
  command.action((argument: string | undefined, options: SyncRunOptions) =>
    invoke((session) => run(argument, options, session)),
  );
};

function addRunOptions(command: Command): Command {
  const timeout = new Option('--timeout <duration>', 'how long SealedSecrets, health and deletions are waited for');
  return command
    .option('-n, --namespace <namespace>', "of the GitSync; default: the context's")
    .option('-f, --filename <file>', 'a file with a GitSync, in place of one of the cluster')
    .option(
      '--dir <directory>',
      'a checkout of the repository to read in place of Git; with --name, the files themselves',
    )
    .option('--name <name>', 'name of the inventory, for a folder that has no GitSync')
    .option('--prune', 'with --name, delete what a run of before applied and that left the folder')
    .option('--allow-http-git', 'read the repository over plain http, as the controller may be told to')
    .option('--dry-run', 'show what would be done, as `signet sync plan` does')
    .option('--wait', 'wait until everything is healthy, and what is pruned is gone')
    .addOption(timeout.argParser(parseDuration).default(parseDuration(DEFAULT_TIMEOUT), DEFAULT_TIMEOUT))
    .addOption(new Option('-o, --output <format>', 'form of the result; default: text').choices(['text', 'json']));
}

/** Find the GitSync and its files, sync, print. */
async function run(argument: string | undefined, options: SyncRunOptions, session: Session): Promise<ExitCode> {
  if (options.name !== undefined && options.dir === undefined)
    throw usageError('--name is for a folder', 'give --dir, or name the GitSync without --name');
  if (options.prune === true && options.name === undefined)
    throw usageError('--prune goes with --name', 'a GitSync says with spec.prune whether it prunes');
  assertOneTarget({ ...options, argument });
  return withCluster(session, options, async (cluster) => {
    const gitSync = await findRunTarget(session, cluster, { ...options, argument });
    const source = await readFiles(session, cluster, gitSync, options);
    if (options.dryRun === true) return plan(session, cluster, { gitSync, source, options });
    const result = await syncOnce(session, cluster, { gitSync, source, options });
    return report(session, result, { gitSync, source, options });
  });
}

function readFiles(
  session: Session,
  cluster: Cluster,
  gitSync: GitSync,
  { dir, allowHttpGit }: SyncRunOptions,
): Promise<SyncSource> | SyncSource {
  if (dir !== undefined) return readLocalSource(session, gitSync.spec.source.url === '' ? null : gitSync, dir);
  return fetchSource(session, cluster, gitSync, allowHttpGit === undefined ? {} : { allowHttpGit });
}

async function plan(session: Session, cluster: Cluster, { gitSync, source, options }: RunRequest): Promise<ExitCode> {
  const commit = commitOf(source.revision);
  const build = kustomizeBuilder(session, options.kustomize);
  const more = { build, controller: options, ...(commit !== null && { commit }) };
  const preview = await previewTree(cluster, gitSync, source.tree, more);
  return showPlan(session, { gitSync: placeKey(gitSync.metadata), revision: source.revision, preview }, options.output);
}

async function syncOnce(
  session: Session,
  cluster: Cluster,
  { gitSync, source, options }: RunRequest,
): Promise<SyncRun> {
  const { io, report: messages } = session;
  const found = await findKeyList(cluster, options);
  const { serviceAccountName } = gitSync.spec;
  if (serviceAccountName !== undefined)
    messages.note(
      `everything is done with your own rights, and not with those of ServiceAccount ${serviceAccountName}`,
    );
  const chance = new SecretBytes(crypto.getRandomValues(new Uint8Array(32)));
  return runSync(
    {
      client: cluster.client,
      digest: await createObjectDigest(chance),
      build: kustomizeBuilder(session, options.kustomize),
      nowMs: () => io.now().getTime(),
      sleep: (ms) => io.sleep(ms),
      signal: io.signal,
    },
    {
      gitSync,
      tree: source.tree,
      commit: commitOf(source.revision),
      controllerNamespace: found?.namespace ?? options.controllerNamespace ?? DEFAULT_SIGNET_NAMESPACE,
      keyList: found?.list ?? null,
      isWaiting: options.wait === true,
      timeoutMs: options.timeout,
      timeout: `${options.timeout / 1000}s`,
    },
  );
}

async function report(session: Session, result: SyncRun, { gitSync, source, options }: RunRequest): Promise<ExitCode> {
  const name = placeKey(gitSync.metadata);
  const text = options.output === 'json' ? formatRunJson(result, name, source.revision) : formatRun(result);
  await writeResult(session, { text, file: undefined, access: 'public' });
  if (result.kind === 'refused') throw refusalOf(result, gitSync);
  session.report.note(`${source.revision}: ${summarizeRun(result)}`);
  const { failures, pruned, unhealthy } = result;
  if (failures.length > 0 || pruned.failures.length > 0 || pruned.waiting.length > 0) return EXIT.findings;
  return unhealthy.length === 0 ? EXIT.done : EXIT.timeout;
}

function refusalOf({ reason, message }: RefusedRun, gitSync: GitSync): CliError {
  const code = reason === 'CannotUnseal' ? 'CLI_CANNOT_UNSEAL' : 'CLI_OBJECT_INVALID';
  return new CliError(code, `cannot run GitSync ${nameOf(gitSync)}: ${message} (${reason})`);
}
