/** @module `signet check opengitops`: the four principles of OpenGitOps as questions about GitSyncs, answered with evidence. */

import { type Command, Option } from 'commander';
import { createRedactor } from '../../shared/git/redact.ts';
import { NOT_CHECKED } from '../../shared/opengitops/checks.ts';
import { judgeGitSync } from '../../shared/opengitops/judge-git-sync.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { placeKey } from '../../shared/resources/object-meta.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { readGitSyncs } from '../connect/git-syncs.ts';
import { readGitSyncFacts } from '../connect/gitops-facts.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addKustomizeOption, type KustomizeOption } from '../options/kustomize-option.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { formatCheckJson } from '../output/check-json.ts';
import { formatCheckMarkdown } from '../output/check-markdown.ts';
import { type CheckedGitSync, type CheckReport, resultOf, summarizeFindings } from '../output/check-report.ts';
import { formatCheckText } from '../output/check-text.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet check opengitops` can be told. */
interface CheckOptions extends ClusterOptions, WaitOptions, KustomizeOption {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly probe?: boolean;
  readonly strict?: boolean;
  readonly allowHttpGit?: boolean;
  readonly output?: 'text' | 'json' | 'markdown';
}

const EXAMPLES: readonly Example[] = [
  ['Every GitSync of the cluster; exit code 1 when something is not as it should be', 'signet check opengitops -A'],
  ['One of them, with an edit that has to be undone', 'signet check opengitops shop -n shop --probe'],
];

const withoutCredentials = createRedactor([]);

/** Declares `signet check opengitops`. */
export const declareCheckOpengitops: DeclareCommand = (command, invoke) => {
  command.argument('[name]', 'a GitSync; default: all of the namespace');
  addExamples(addWaitOptions(addClusterOptions(addKustomizeOption(addCheckOptions(command))), '1m'), EXAMPLES);
  command.action((name: string | undefined, options: CheckOptions) =>
    invoke((session) => checkOpengitops(name, options, session)),
  );
};

function addCheckOptions(command: Command): Command {
  return command
    .option('-n, --namespace <namespace>', "default: the context's")
    .option('-A, --all-namespaces', 'in every namespace')
    .option('--probe', 'also ask for a look, and edit what Git sets aside for that, and see both answered')
    .option('--strict', 'exit code 1 for warnings, too')
    .option('--allow-http-git', 'read the repositories over plain http, as the controller may be told to')
    .addOption(
      new Option('-o, --output <format>', 'form of the result; default: text').choices(['text', 'json', 'markdown']),
    );
}

/** Read the facts of each GitSync, judge, print. Without `--probe` nothing is written to the cluster. */
async function checkOpengitops(name: string | undefined, options: CheckOptions, session: Session): Promise<ExitCode> {
  if (options.allNamespaces === true && name !== undefined)
    throw usageError('cannot use -A together with a name', 'name the namespace with -n');
  const gitSyncs = await withCluster(session, options, async (cluster) => {
    const checked: CheckedGitSync[] = [];
    for (const gitSync of await findGitSyncs(cluster, name, options)) {
      checked.push(await checkGitSync(cluster, gitSync, options, session));
    }
    return checked;
  });
  const report = { checkedAt: session.io.now().toISOString(), gitSyncs };
  await writeResult(session, { text: formatAs(report, options), file: undefined, access: 'public' });
  for (const { name: checked, findings } of gitSyncs) session.report.note(`${checked}: ${summarizeFindings(findings)}`);
  for (const line of NOT_CHECKED) session.report.note(`not checked: ${line}`);
  return exitCodeFor(report, options);
}

/** Nothing checked is nothing passed. @throws CliError `CLI_OBJECT_NOT_FOUND`; KubeError */
async function findGitSyncs(
  cluster: Cluster,
  name: string | undefined,
  options: CheckOptions,
): Promise<readonly GitSync[]> {
  const found = await readGitSyncs(cluster, name, options);
  if (found.length > 0) return found;
  const namespace = JSON.stringify(options.namespace ?? cluster.namespace);
  const where = options.allNamespaces === true ? 'the cluster' : `namespace ${namespace} of the cluster`;
  const message = `cannot check anything: there is no GitSync in ${where} ${cluster.description}`;
  throw new CliError('CLI_OBJECT_NOT_FOUND', message, { hint: 'name a namespace with -n, or use -A' });
}

async function checkGitSync(
  cluster: Cluster,
  gitSync: GitSync,
  { probe, timeout, kustomize, allowHttpGit = false }: CheckOptions,
  session: Session,
): Promise<CheckedGitSync> {
  const more = { ...(probe === true && { probeMs: timeout }), ...(kustomize !== undefined && { kustomize }) };
  const facts = await readGitSyncFacts({ session, cluster, gitSync, allowHttpGit, ...more });
  const { metadata, spec, status } = facts.gitSync;
  return {
    name: placeKey(metadata),
    url: withoutCredentials(spec.source.url),
    revision: status?.lastAppliedRevision ?? null,
    findings: judgeGitSync(facts),
  };
}

function formatAs(report: CheckReport, { output }: CheckOptions): string {
  if (output === 'json') return formatCheckJson(report);
  return output === 'markdown' ? formatCheckMarkdown(report) : formatCheckText(report);
}

function exitCodeFor(report: CheckReport, { strict }: CheckOptions): ExitCode {
  const result = resultOf(report);
  return result === 'pass' || (result === 'warn' && strict !== true) ? EXIT.done : EXIT.findings;
}
