/** @module The facts of a GitSync with nothing wrong with it, to be changed one at a time. */
import type { GitSyncFacts, RenderFacts, SourceFacts } from '../../shared/opengitops/facts.ts';
import type { Finding } from '../../shared/opengitops/finding.ts';
import type { GitSync, GitSyncSpec, GitSyncStatus } from '../../shared/resources/git-sync.ts';
import type { ObjectMeta } from '../../shared/resources/object-meta.ts';

export const COMMIT = 'a'.repeat(40);
export const OTHER = 'b'.repeat(40);
export const NOW = Date.parse('2026-03-01T12:00:00Z');

/** What {@link goodFacts} is changed in. */
export interface FactChanges {
  readonly metadata?: ObjectMeta;
  readonly spec?: Partial<GitSyncSpec>;
  readonly status?: Partial<GitSyncStatus>;
  readonly source?: Partial<SourceFacts>;
  readonly rendered?: Partial<RenderFacts>;
  readonly more?: Partial<GitSyncFacts>;
}

/** Facts that pass every question, but for `changes`. */
export function goodFacts(changes: FactChanges = {}): GitSyncFacts {
  const source = {
    tip: { value: { commit: COMMIT, revision: `main@sha1:${COMMIT}`, committedMs: NOW - 60_000 } },
    hasApplied: { value: true },
    relation: { value: 'descendant' as const },
    signature: { value: true },
    ...changes.source,
  };
  const object = { key: '/ConfigMap/shop/a', name: 'ConfigMap shop/a' };
  return {
    gitSync: goodGitSync(changes),
    nowMs: NOW,
    applied: COMMIT,
    source: { value: source },
    rendered: { value: { ...goodRender(object.key), ...changes.rendered } },
    owned: { value: [{ ...object, managers: [], exemptions: [], isKeptFromPruning: false }] },
    ...changes.more,
  };
}

function goodRender(key: string): RenderFacts {
  return {
    declared: [key],
    files: 1,
    problems: [],
    skipped: [],
    refusal: null,
    unhonoured: [],
    plainSecrets: [],
    equal: 1,
    differing: [],
    uncompared: [],
    conflicts: [],
    exempt: [],
    left: [],
  };
}

function goodGitSync({ metadata, spec, status }: FactChanges): GitSync {
  const times = { lastTransitionTime: '2026-03-01T11:59:30Z' };
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'shop', name: 'shop', generation: 2, ...metadata },
    spec: {
      source: { url: 'https://example.com/shop.git', verify: { mode: 'Head', secretRef: { name: 'signers' } } },
      prune: true,
      ...spec,
    },
    status: {
      observedGeneration: 2,
      lastAppliedRevision: `main@sha1:${COMMIT}`,
      lastAttemptedRevision: `main@sha1:${COMMIT}`,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Applied', message: 'applied: 1 object', ...times }],
      ...status,
    },
  };
}

/** The answers that are no pass, as `check result: first evidence`. */
export function faultsOf(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ result }) => result !== 'pass')
    .map(({ check, result, evidence }) => `${check} ${result}: ${evidence[0]}`);
}
