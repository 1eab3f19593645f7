/** @module What the annotations of an object ask for in vain, those of Argo CD, Flux and Helm included, so that nobody counts on it. */
import { textOf } from '../encoding/value-kind.ts';
import { APPLY_ANNOTATION, DRIFT_ANNOTATION, RECONCILE_ANNOTATION } from '../resources/names.ts';
import { annotationOf, type ObjectMeta } from '../resources/object-meta.ts';
import { ARGO_OPTIONS_ANNOTATION } from './keep-annotations.ts';
import { FLUX_APPLY_ANNOTATION, FLUX_RECONCILE_ANNOTATION } from './object-rules.ts';
import { unreadableWave } from './waves.ts';

/** What others run at a certain moment of a sync is to Signet an object like any other. */
const HOOK_ANNOTATIONS: readonly string[] = ['argocd.argoproj.io/hook', 'helm.sh/hook'];
const ARGO_COMPARE_OPTIONS = 'argocd.argoproj.io/compare-options';

/** Options of Argo CD that say what Signet does anyway, or that it honours. */
const HONOURED_OPTIONS: ReadonlySet<string> = new Set([
  'Prune=true',
  'Prune=false',
  'Force=true',
  'Force=false',
  'Replace=false',
  'ServerSideApply=true',
  'ServerSideDiff=true',
  'Validate=true',
  'PruneLast=true',
  'SkipDryRunOnMissingResource=true',
]);

/** Values that mean something, by annotation; of Flux's, what is not among them is not honoured either. */
const VALUES: readonly (readonly [string, readonly string[], string])[] = [
  [DRIFT_ANNOTATION, ['repair', 'report', 'ignore'], 'is none of repair, report and ignore'],
  [APPLY_ANNOTATION, ['if-absent', 'merge'], 'is neither if-absent nor merge'],
  [RECONCILE_ANNOTATION, ['disabled', 'enabled'], 'is neither disabled nor enabled'],
  [FLUX_APPLY_ANNOTATION, ['Override', 'IfNotPresent', 'Merge'], 'is not honoured'],
  [FLUX_RECONCILE_ANNOTATION, ['disabled', 'enabled'], 'is not honoured'],
];
const MAX_SHOWN = 40;

/** Annotations of the object that are not honoured, each as the end of a sentence that starts with the object. */
export function unhonouredAnnotations(metadata: ObjectMeta): readonly string[] {
  return [...findHooks(metadata), ...findWave(metadata), ...findValues(metadata), ...findOptions(metadata)];
}

function findHooks(metadata: ObjectMeta): readonly string[] {
  return HOOK_ANNOTATIONS.filter((name) => annotationOf(metadata, name) !== undefined).map((name) =>
    sayIgnored(name, annotationOf(metadata, name)),
  );
}

function findWave(metadata: ObjectMeta): readonly string[] {
  const wave = unreadableWave(metadata);
  if (wave === null) return [];
  return [`is applied in wave 0: annotation ${wave.name}=${quote(wave.value)} is no whole number`];
}

function findValues(metadata: ObjectMeta): readonly string[] {
  return VALUES.flatMap(([name, known, why]) => {
    const value: unknown = annotationOf(metadata, name);
    if (value === undefined || known.some((text) => text === value)) return [];
    return [`is applied like any other object: annotation ${name}=${quote(value)} ${why}`];
  });
}

function findOptions(metadata: ObjectMeta): readonly string[] {
  return [ARGO_OPTIONS_ANNOTATION, ARGO_COMPARE_OPTIONS].flatMap((name) => {
    const value: unknown = annotationOf(metadata, name);
    if (typeof value !== 'string') return [];
    const options = value.split(',').map((option) => option.trim());
    return options
      .filter((option) => option !== '' && !HONOURED_OPTIONS.has(option))
      .map((option) => sayIgnored(name, option));
  });
}

function sayIgnored(name: string, value: unknown): string {
  return `is applied like any other object: annotation ${name}=${quote(value)} is not honoured`;
}

function quote(text: unknown): string {
  // An annotation that came from Git is text by now; one of a live object always is.
  const shown = textOf(text);
  return JSON.stringify(shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown);
}
