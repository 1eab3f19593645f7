/** @module A preview as facts: objects and places by name, paths of fields and no values. */
import type { RenderFacts } from '../../shared/opengitops/facts.ts';
import { describeIdentity, objectKey } from '../../shared/resources/object-meta.ts';
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';
import { describeProblem } from '../../shared/sync-plan/render-problem.ts';
import { describeOrigin } from '../../shared/sync-plan/rendered-object.ts';

const MAX_PATHS = 3;

/** What the files of a commit say, and how the cluster differs from them. */
export function toRenderFacts({ actions, problems, skipped, refusal, plainSecrets }: SyncPreview): RenderFacts {
  const wanted = actions.filter(isWanted);
  const files = new Set(wanted.map(({ origin }) => origin?.file));
  const of = (...kinds: readonly PlannedAction['kind'][]): readonly PlannedAction[] =>
    actions.filter(({ kind }) => kinds.includes(kind));
  return {
    declared: wanted.map(({ identity }) => objectKey(identity)),
    files: files.size,
    problems: problems.map(describeProblem),
    skipped: skipped.map(({ file, reason }) => `${file}: ${reason}`),
    refusal: refusal?.message ?? null,
    unhonoured: actions.flatMap(({ identity, unhonoured = [] }) =>
      unhonoured.map((what) => `${describeIdentity(identity)} ${what}`),
    ),
    plainSecrets: plainSecrets.map(
      ({ identity, origin }) => `${describeIdentity(identity)} (${describeOrigin(origin)})`,
    ),
    equal: of('unchanged').length,
    differing: of('create', 'update', 'recreate').map(describeDifference),
    uncompared: of('failed').map(withReason),
    conflicts: of('conflict').map(withReason),
    exempt: of('keep').filter(isWanted).map(withReason),
    left: of('prune', 'keep')
      .filter((action) => !isWanted(action))
      .map(withReason),
  };
}

/** True for what the files have; the rest is what left them. */
function isWanted({ origin }: PlannedAction): boolean {
  return origin !== undefined;
}

function describeDifference({ kind, identity, changes = [] }: PlannedAction): string {
  const name = describeIdentity(identity);
  if (kind === 'create') return `${name} is missing`;
  if (kind === 'recreate') return `${name} differs in what cannot be changed in place`;
  const paths = changes.slice(0, MAX_PATHS).map(({ path }) => path);
  return `${name} differs in ${paths.join(', ')}${changes.length > MAX_PATHS ? ' and more' : ''}`;
}

function withReason({ identity, reason = 'no reason given' }: PlannedAction): string {
  return `${describeIdentity(identity)}: ${reason}`;
}
