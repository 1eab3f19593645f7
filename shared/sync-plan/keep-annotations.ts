/** @module What an object's own annotations say about deleting it: kept when it leaves Git, or deleted to be made anew. */
import { PRUNE_ANNOTATION, RECREATE_ANNOTATION } from '../resources/names.ts';
import { annotationOf, type ObjectMeta } from '../resources/object-meta.ts';

/** Argo CD's list of options, separated by commas. */
export const ARGO_OPTIONS_ANNOTATION = 'argocd.argoproj.io/sync-options';
const FLUX_PRUNE_ANNOTATION = 'kustomize.toolkit.fluxcd.io/prune';
const FLUX_FORCE_ANNOTATION = 'kustomize.toolkit.fluxcd.io/force';

/** True when the object asks, in the words of Signet, Flux or Argo CD, to stay when it leaves Git. */
export function isPruneDisabled(metadata: ObjectMeta): boolean {
  const names = [PRUNE_ANNOTATION, FLUX_PRUNE_ANNOTATION];
  return names.some((name) => annotationOf(metadata, name) === 'disabled') || hasArgoOption(metadata, 'Prune=false');
}

/**
 * True when the object, as Git has it, agrees to be deleted and made anew where it cannot be changed in place. Argo CD's `Replace=true` alone does
 * not: it asks for an update of another kind.
 */
export function isRecreateAllowed(metadata: ObjectMeta): boolean {
  const own = annotationOf(metadata, RECREATE_ANNOTATION);
  // What Signet is told in its own words counts before what was said to others.
  if (own !== undefined) return own === 'allowed';
  return annotationOf(metadata, FLUX_FORCE_ANNOTATION) === 'enabled' || hasArgoOption(metadata, 'Force=true');
}

function hasArgoOption(metadata: ObjectMeta, wanted: string): boolean {
  const text: unknown = annotationOf(metadata, ARGO_OPTIONS_ANNOTATION);
  return typeof text === 'string' && text.split(',').some((option) => option.trim() === wanted);
}
