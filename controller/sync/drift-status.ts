/** @module What a status says of objects that differ from Git and are left so. */
import { shortenText } from '../../shared/encoding/shorten-text.ts';
import { type Condition, setConditions, toKubeTime } from '../../shared/resources/conditions.ts';
import type { GitSync, GitSyncStatus, SyncDrift } from '../../shared/resources/git-sync.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { DriftRecord } from '../keeping/drift-book.ts';
import type { SyncSummary } from './sync-summary.ts';

/** Objects that a status lists; the message of the condition says how many there are. */
const MAX_DRIFTED = 50;
const MAX_NAMED = 5;
const MAX_MESSAGE = 1_000;
const DRIFTED = 'Drifted';

/** `status` with what is known of drift: a list and a condition while there is any, neither when there is none. */
export function withDrift(
  status: GitSyncStatus,
  { gitSync, summary, now }: { readonly gitSync: GitSync; readonly summary: SyncSummary; readonly now: Date },
): GitSyncStatus {
  // Nothing was looked at: what was said before stays.
  if (summary.enforced === null) return status;
  const { drifts = [] } = summary.enforced;
  const { conditions = [] } = status;
  const others = conditions.filter(({ type }) => type !== DRIFTED);
  if (drifts.length === 0) {
    const isNews = (gitSync.status?.drifted ?? null) !== null;
    return { ...status, conditions: others, ...(isNews ? { drifted: null } : {}) };
  }
  const before = gitSync.status?.drifted ?? [];
  const drifted = drifts.map((record) => toDrift(record, before)).toSorted(byName);
  return {
    ...status,
    conditions: [...others, ...conditionOf(drifted, conditions, now)],
    drifted: drifted.slice(0, MAX_DRIFTED),
  };
}

/** `Deployment shop/cart was changed: /spec/replicas by somebody`. */
function describeDrift({ kind, namespace = '', name, message }: SyncDrift): string {
  return `${describeIdentity({ kind, namespace, name })} ${message}`;
}

/** A restart forgets since when, and the status knows. */
function toDrift({ desired, state, since, message }: DriftRecord, before: readonly SyncDrift[]): SyncDrift {
  const { kind, namespace, name } = desired.identity;
  const known = before.find((one) => {
    const isSame = one.kind === kind && (one.namespace ?? '') === namespace && one.name === name;
    return isSame && one.state === state;
  });
  return {
    kind,
    ...(namespace === '' ? {} : { namespace }),
    name,
    state,
    since: known?.since ?? toKubeTime(since),
    message: shortenText(message, MAX_MESSAGE),
  };
}

function conditionOf(drifted: readonly SyncDrift[], current: readonly Condition[], now: Date): readonly Condition[] {
  const isContested = drifted.some(({ state }) => state === 'Contested');
  const named = drifted.slice(0, MAX_NAMED).map(describeDrift).join('; ');
  const more = drifted.length > MAX_NAMED ? `; and ${drifted.length - MAX_NAMED} more` : '';
  const reason = isContested ? 'DriftContested' : 'DriftReported';
  const before = current.filter(({ type }) => type === DRIFTED);
  return setConditions(before, [{ type: DRIFTED, status: 'True', reason, message: `${named}${more}` }], now);
}

function byName(a: SyncDrift, b: SyncDrift): number {
  return describeDrift(a) < describeDrift(b) ? -1 : 1;
}
