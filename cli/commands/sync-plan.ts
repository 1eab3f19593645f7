/** @module `signet sync plan`: what a sync would do now, found out by dry runs. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { INVENTORIES } from '../../shared/kube/resource-type.ts';
import type { GitSync, Inventory } from '../../shared/resources/git-sync.ts';
import { DEFAULT_SIGNET_NAMESPACE } from '../../shared/resources/names.ts';
import { previewSync, type SyncPreview } from '../../shared/sync/preview-sync.ts';
import { describeProblem } from '../../shared/sync-plan/render-problem.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { readGitSync } from '../connect/git-syncs.ts';
import { fetchSource, readLocalSource } from '../connect/sync-source.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addJsonOption, type JsonOption } from '../options/output-options.ts';
import { formatPlan, hasFindings, summarizePlan } from '../output/plan-text.ts';
import { CliError, throwIfAny } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet sync plan` can be told. */
interface SyncPlanOptions extends ClusterOptions, JsonOption {
  readonly namespace?: string;
  readonly from?: string;
  readonly allowHttpGit?: boolean;
}

interface Planned {
  readonly revision: string;
  readonly preview: SyncPreview;
}

const EXAMPLES: readonly Example[] = [
  ['What the next sync will do; exit code 1 when there is something to do', 'signet sync plan shop -n shop'],
  ['What it would do with the files of this checkout, committed or not', 'signet sync plan shop -n shop --from .'],
];

/** Declares `signet sync plan`. */
export const declareSyncPlan: DeclareCommand = (command, invoke) => {
  command
    .argument('<name>', 'the GitSync')
    .option('-n, --namespace <namespace>', "default: the context's")
    .option('--from <directory>', 'a checkout of the repository to read in place of Git')
    .option('--allow-http-git', 'read the repository over plain http, as the controller may be told to');
  addExamples(addClusterOptions(addJsonOption(command)), EXAMPLES);
  command.action((name: string, options: SyncPlanOptions) => invoke((session) => planSync(name, options, session)));
};

/** Read the GitSync, its files and its inventory; preview; print. The cluster is left as it is. */
async function planSync(name: string, options: SyncPlanOptions, session: Session): Promise<ExitCode> {
  const { revision, preview } = await withCluster(session, options, (cluster) => plan(cluster, name, options, session));
  const { problems, skipped, refusal } = preview;
  throwIfAny(problems.map(toError), 'a sync of these files would be refused whole');
  for (const { file, reason } of skipped) session.report.note(`${file} is left out: ${reason}`);
  const text = options.output === 'json' ? `${stringifyJson({ revision, ...preview }, 2)}\n` : formatPlan(preview);
  await writeResult(session, { text, file: undefined, access: 'public' });
  if (refusal !== null) session.report.warn(`the sync would be refused whole: ${refusal.message}`, refusal.hint);
  session.report.note(`${revision}: ${summarizePlan(preview)}`);
  return hasFindings(preview) ? EXIT.findings : EXIT.done;
}

async function plan(cluster: Cluster, name: string, options: SyncPlanOptions, session: Session): Promise<Planned> {
  const namespace = options.namespace ?? cluster.namespace;
  const gitSync = await readGitSync(cluster, namespace, name);
  const { tree, revision } =
    options.from === undefined
      ? await fetchSource(session, cluster, gitSync, options)
      : readLocalSource(session, gitSync, options.from);
  const entries = await readEntries(cluster, gitSync);
  // The usual place; of a controller that runs elsewhere, the plan shows as pruned what that controller will keep.
  const controllerNamespace = DEFAULT_SIGNET_NAMESPACE;
  const preview = await previewSync({ client: cluster.client }, { gitSync, tree, entries, controllerNamespace });
  return { revision, preview };
}

async function readEntries(cluster: Cluster, { metadata }: GitSync): Promise<Inventory['spec']['entries']> {
  const { namespace, name = '' } = metadata;
  const inventory = (await cluster.client.get(INVENTORIES, { namespace, name })) as Inventory | null;
  return inventory?.spec.entries ?? [];
}

function toError(problem: Parameters<typeof describeProblem>[0]): CliError {
  const { hint } = problem;
  return new CliError('CLI_OBJECT_INVALID', describeProblem(problem), hint === undefined ? {} : { hint });
}
