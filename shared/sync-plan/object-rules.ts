/** @module How one object wants to be kept: what its annotations in Git ask for, and what its GitSync says where they say nothing. */
import type { GitSyncSpec, IgnoreDifference } from '../resources/git-sync.ts';
import { APPLY_ANNOTATION, DRIFT_ANNOTATION, RECONCILE_ANNOTATION, SEALED_SECRET_KIND } from '../resources/names.ts';
import { annotationOf, type KubeObject, type ObjectIdentity, type ObjectMeta } from '../resources/object-meta.ts';
import { type FieldPath, parseFieldPath } from './field-path.ts';

/** What becomes of a change that others make: undone, only told of, or nothing. */
export type DriftMode = 'repair' | 'report' | 'ignore';

/**
 * `always`: the object is kept as Git has it. `if-absent`: it is made when it is missing, and never changed. `merge`: as `always`, but
 * what a person applied before stays theirs.
 */
export type ApplyMode = 'always' | 'if-absent' | 'merge';

/** The rules for one object. */
export interface ObjectRules {
  readonly drift: DriftMode;
  readonly apply: ApplyMode;
  /** Git asks to leave it alone altogether. */
  readonly isHandsOff: boolean;
  /** Fields that others may set once the object is there. */
  readonly ignored: readonly FieldPath[];
}

/** Flux's name of {@link APPLY_ANNOTATION}; Signet's own wins. */
export const FLUX_APPLY_ANNOTATION = 'kustomize.toolkit.fluxcd.io/ssa';
/** Flux's name of {@link RECONCILE_ANNOTATION}. */
export const FLUX_RECONCILE_ANNOTATION = 'kustomize.toolkit.fluxcd.io/reconcile';

/** The rules of an object that asks for nothing. */
export const PLAIN_RULES: ObjectRules = { drift: 'repair', apply: 'always', isHandsOff: false, ignored: [] };

const DRIFT_MODES: readonly DriftMode[] = ['repair', 'report', 'ignore'];
const APPLY_MODES: Readonly<Record<string, ApplyMode>> = { 'if-absent': 'if-absent', merge: 'merge' };
const FLUX_APPLY_MODES: Readonly<Record<string, ApplyMode>> = { IfNotPresent: 'if-absent', Merge: 'merge' };
const SPEC_MODES: Readonly<Record<NonNullable<GitSyncSpec['drift']>, DriftMode>> = {
  Repair: 'repair',
  Report: 'report',
  Ignore: 'ignore',
};

/** The rules for `placed` under a GitSync's `spec`. Annotations and paths that mean nothing count for nothing. */
export function rulesOf(
  { object, identity }: { readonly object: KubeObject; readonly identity: ObjectIdentity },
  spec: Pick<GitSyncSpec, 'drift' | 'ignoreDifferences'>,
): ObjectRules {
  const { metadata } = object;
  const drift = ownDriftOf(identity, metadata) ?? SPEC_MODES[spec.drift ?? 'Repair'] ?? 'repair';
  const apply = applyModeOf(metadata);
  const isHandsOff = isReconcileDisabled(metadata);
  const ignored = (spec.ignoreDifferences ?? []).filter((rule) => matches(rule, identity)).flatMap(pathsOf);
  const isPlain = drift === 'repair' && apply === 'always' && !isHandsOff && ignored.length === 0;
  return isPlain ? PLAIN_RULES : { drift, apply, isHandsOff, ignored };
}

/**
 * What the digest of an object is of. A field that is ignored no longer has to be applied, so the ignored fields count; without any it is the object
 * alone.
 */
export function digestedContent(object: KubeObject, { ignored }: ObjectRules): KubeObject {
  return ignored.length === 0 ? object : { ...object, 'signet.dev/ignored': ignored };
}

/** True when an annotation says that the object is to be left alone, in Git or live. */
export function isReconcileDisabled(metadata: ObjectMeta): boolean {
  return [RECONCILE_ANNOTATION, FLUX_RECONCILE_ANNOTATION].some((name) => annotationOf(metadata, name) === 'disabled');
}

/** What is wrong with `spec.ignoreDifferences`: the first thing, as a whole sentence; null when nothing is. */
export function ignoreDifferencesProblem({
  ignoreDifferences = [],
}: Pick<GitSyncSpec, 'ignoreDifferences'>): string | null {
  for (const { paths } of ignoreDifferences) {
    for (const text of paths) {
      const { problem } = parseFieldPath(text);
      if (problem !== undefined) return `path ${JSON.stringify(text)} of spec.ignoreDifferences ${problem}`;
    }
  }
  return null;
}

/** On a SealedSecret the annotation speaks of its Secret, which the unsealer looks after. */
function ownDriftOf({ kind }: ObjectIdentity, metadata: ObjectMeta): DriftMode | undefined {
  if (kind === SEALED_SECRET_KIND) return undefined;
  const value = annotationOf(metadata, DRIFT_ANNOTATION);
  return DRIFT_MODES.find((mode) => mode === value);
}

function applyModeOf(metadata: ObjectMeta): ApplyMode {
  const own = annotationOf(metadata, APPLY_ANNOTATION);
  if (own !== undefined) return lookUp(APPLY_MODES, own);
  const flux = annotationOf(metadata, FLUX_APPLY_ANNOTATION);
  return flux === undefined ? 'always' : lookUp(FLUX_APPLY_MODES, flux);
}

function lookUp(modes: Readonly<Record<string, ApplyMode>>, value: string): ApplyMode {
  return Object.hasOwn(modes, value) ? (modes[value] ?? 'always') : 'always';
}

function matches({ target }: IgnoreDifference, identity: ObjectIdentity): boolean {
  if (target.kind !== identity.kind) return false;
  if (target.group !== undefined && target.group !== identity.group) return false;
  if (target.name !== undefined && target.name !== identity.name) return false;
  return target.namespace === undefined || target.namespace === identity.namespace;
}

function pathsOf({ paths }: IgnoreDifference): readonly FieldPath[] {
  return paths.flatMap((text) => {
    const { path } = parseFieldPath(text);
    return path === undefined ? [] : [path];
  });
}
