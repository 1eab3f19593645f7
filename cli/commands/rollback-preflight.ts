/** @module What a rollback would do, told before anything is changed: the plan, which SealedSecrets would not open, which values go back. */

import { countOf } from '../../shared/encoding/count-of.ts';
import { listSome } from '../../shared/encoding/list-some.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { SEALED_SECRET_KIND } from '../../shared/resources/names.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';
import { openRendering } from '../../shared/sync/revision-renderer.ts';
import type { RenderedObject } from '../../shared/sync-plan/rendered-object.ts';
import type { Cluster } from '../connect/cluster.ts';
import type { ControllerChoice } from '../connect/controller-places.ts';
import { findKeyList } from '../connect/key-lists.ts';
import { kustomizeBuilder } from '../connect/kustomize.ts';
import { previewTree } from '../connect/preview-tree.ts';
import { type ClosedItems, reportSealed } from '../connect/sealed-keys.ts';
import { withRepository } from '../connect/sync-source.ts';
import { summarizePlan } from '../output/plan-counts.ts';
import { formatPlan } from '../output/plan-text.ts';
import type { Session } from '../terminal/session.ts';
import { throwIfProblems } from './show-plan.ts';
import { writeResult } from './write-result.ts';

/** What is looked at. */
export interface PreflightRequest extends ControllerChoice {
  readonly gitSync: GitSync;
  /** The commit to go back to. */
  readonly commit: string;
  readonly allowHttpGit?: boolean;
  /** The program that builds kustomizations. */
  readonly kustomize?: string;
}

/** What the repository says of the two commits. */
export interface Preflight {
  /** Commit that the reference names now. */
  readonly tip: string;
  /** Subject and author of the commit to go back to. */
  readonly words: string;
}

const MAX_NAMED = 20;

/**
 * Prints the plan, and warns of what would not work.
 * @throws GitError; SeveralErrors when the controller would refuse the commit whole; as {@link previewTree}
 */
export async function runPreflight(session: Session, cluster: Cluster, request: PreflightRequest): Promise<Preflight> {
  const { gitSync, commit } = request;
  const { signal } = session.io;
  const { ref = {}, path = '', ignore = [] } = gitSync.spec.source;
  const found = await withRepository({ session, cluster, gitSync, choice: request }, async (repository) => {
    const tip = await repository.resolve(ref, { signal });
    const { subject, author } = await repository.readCommit(commit, { signal });
    return { tip: tip.commit, subject, author, tree: await repository.readTree(commit, path, { signal, ignore }) };
  });
  const build = kustomizeBuilder(session, request.kustomize);
  const preview = await previewTree(cluster, gitSync, found.tree, { commit, build, controller: request });
  throwIfProblems(preview, 'nothing was changed: the controller would refuse the commit whole');
  await tellPlan(session, commit, preview);
  const rendering = await openRendering({ client: cluster.client, build }, gitSync);
  const { objects } = await rendering.render(found.tree, signal);
  await tellSealed(session, cluster, request, objects);
  return { tip: found.tip, words: `${found.subject || 'no subject'} (${found.author || 'no author'})` };
}

async function tellPlan(session: Session, commit: string, preview: SyncPreview): Promise<void> {
  const { refusal, actions } = preview;
  const text = formatPlan(preview, { isColoured: false });
  if (text !== '') await writeResult(session, { text, file: undefined, access: 'public' });
  session.report.note(`${commit.slice(0, 12)}: ${summarizePlan(preview)}`);
  if (refusal !== null) session.report.warn(`the sync would be refused whole: ${refusal.message}`, refusal.hint);
  const older = actions.filter(({ kind, identity }) => kind === 'update' && identity.kind === SEALED_SECRET_KIND);
  if (older.length === 0) return;
  const names = older.map(({ identity }) => describeIdentity(identity));
  session.report.warn(`live values go back to those of the old commit: ${listSome(names, MAX_NAMED)}`);
}

async function tellSealed(
  { report }: Session,
  cluster: Cluster,
  choice: ControllerChoice,
  objects: readonly RenderedObject[],
): Promise<void> {
  if (!objects.some(({ object }) => object.kind === SEALED_SECRET_KIND)) return;
  const misses: string[] = [];
  const found = await findKeyList(cluster, choice, misses);
  if (found === null) {
    report.warn(`it is not known whether the SealedSecrets of the commit still open: ${misses.join('; ')}`);
    return;
  }
  const { sealedSecrets, closed, unknown } = await reportSealed(objects, found.list);
  for (const items of closed.slice(0, MAX_NAMED)) tellClosed(report, items);
  if (closed.length > MAX_NAMED) report.warn(`${closed.length - MAX_NAMED} more would not open either`);
  if (unknown.length > 0) {
    report.note(`no receipt tells whether these still open: ${listSome(unknown, MAX_NAMED)}`);
  }
  if (closed.length + unknown.length > 0) return;
  report.note(`${countOf(sealedSecrets, 'SealedSecret')} of the commit: by the receipts, the keys of all are loaded`);
}

function tellClosed(report: Session['report'], { object, items, fingerprint, state }: ClosedItems): void {
  const what = `SealedSecret ${object} would not open: ${listSome(items, MAX_NAMED)} sealed to ${fingerprint}, which is`;
  if (state === 'retired') report.warn(`${what} retired`, `\`signet keys unretire ${fingerprint}\` loads it again`);
  else report.warn(`${what} no key of this cluster`, 'restore it from a backup with `signet keys restore`');
}
