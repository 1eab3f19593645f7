/** @module GitSyncs and what became of them, as a person reads them. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { type Condition, conditionOf } from '../../shared/resources/conditions.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { describeIdentity, placeKey } from '../../shared/resources/object-meta.ts';
import { describeFailure } from '../../shared/sync-plan/sync-failure.ts';
import { formatTable } from './table.ts';

const MAX_REVISION = 92;

/** One row for each GitSync, with a column for the namespace when `withNamespace`; below them what fails and what drifted in each. */
export function formatSyncStatus(syncs: readonly GitSync[], withNamespace: boolean): string {
  const header = [...(withNamespace ? ['NAMESPACE'] : []), 'NAME', 'READY', 'REVISION', 'OBJECTS', 'MESSAGE'];
  const rows = syncs.map((sync) => [...(withNamespace ? [sync.metadata.namespace ?? ''] : []), ...cellsOf(sync)]);
  return [formatTable(header, rows), ...syncs.map((sync) => `${formatFailures(sync)}${formatDrift(sync)}`)].join('');
}

/** A revision with its commit cut to twelve digits: `main@sha1:3f2a91c07b6d`. */
export function shortRevision(revision: string | undefined): string {
  if (revision === undefined) return '-';
  return revision.replace(/(:[0-9a-f]{12})[0-9a-f]+$/, '$1').slice(0, MAX_REVISION);
}

/** Of what is in place the message says it all. */
function sayReady({ status, reason, message }: Condition): string {
  return status === 'True' ? message : `${reason}: ${message}`;
}

function cellsOf(sync: GitSync): readonly string[] {
  const ready = conditionOf(sync, 'Ready');
  const isOutdated = (sync.status?.observedGeneration ?? -1) < (sync.metadata.generation ?? 0);
  const state = sync.spec?.suspend === true ? 'Suspended' : (ready?.status ?? 'Unknown');
  const said = ready === undefined ? 'not looked at yet' : sayReady(ready);
  return [
    sync.metadata.name ?? '',
    state,
    shortRevision(sync.status?.lastAppliedRevision),
    String(sync.status?.inventory?.objects ?? '-'),
    isOutdated && ready !== undefined ? `${said} (an older version of the GitSync)` : said,
  ];
}

function formatFailures(sync: GitSync): string {
  const failures = sync.status?.failures ?? [];
  if (failures.length === 0) return '';
  const name = placeKey(sync.metadata);
  return [
    `\n${name}: ${failures.length} failing`,
    ...failures.map((failure) => `  ${toPrintableLine(describeFailure(failure))}`),
    '',
  ].join('\n');
}

function formatDrift({ metadata, status }: GitSync): string {
  const drifted = status?.drifted ?? [];
  if (drifted.length === 0) return '';
  const name = placeKey(metadata);
  const lines = drifted.map(({ kind, namespace = '', name: object, since, message }) =>
    toPrintableLine(`${describeIdentity({ kind, namespace, name: object })} ${message} (since ${since})`),
  );
  return [`\n${name}: ${drifted.length} drifted and left so`, ...lines.map((line) => `  ${line}`), ''].join('\n');
}
