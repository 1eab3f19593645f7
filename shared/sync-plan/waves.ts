/** @module The wave that an object asks for by annotation, and what of Argo CD's and Helm's annotations is not honoured. */
import { WAVE_ANNOTATION } from '../resources/names.ts';
import { annotationOf, type ObjectMeta } from '../resources/object-meta.ts';

/** Argo CD's name of the same thing; Signet's own wins. */
const ARGO_WAVE_ANNOTATION = 'argocd.argoproj.io/sync-wave';
/** What others run at a certain moment of a sync is to Signet an object like any other. */
const HOOK_ANNOTATIONS: readonly string[] = ['argocd.argoproj.io/hook', 'helm.sh/hook'];
const MAX_WAVE = 1_000_000;
const MAX_SHOWN = 40;

/** The wave of an object, 0 when it asks for none. What is no whole number between a million below and above zero counts as none. */
export function waveOf(metadata: ObjectMeta): number {
  return readWave(metadata) ?? 0;
}

/** Annotations of the object that are not honoured, each as the end of a sentence that starts with the object. */
export function unhonouredAnnotations(metadata: ObjectMeta): readonly string[] {
  const hooks = HOOK_ANNOTATIONS.filter((name) => annotationOf(metadata, name) !== undefined).map(
    (name) =>
      `is applied like any other object: annotation ${name}=${quote(annotationOf(metadata, name))} is not honoured`,
  );
  if (readWave(metadata) !== null) return hooks;
  const [name, value] = waveTextOf(metadata);
  return [...hooks, `is applied in wave 0: annotation ${name}=${quote(value)} is no whole number`];
}

function readWave(metadata: ObjectMeta): number | null {
  const [, text] = waveTextOf(metadata);
  if (text === undefined) return 0;
  if (!/^\s*[+-]?\d{1,7}\s*$/.test(text)) return null;
  const wave = Number(text);
  return Math.abs(wave) > MAX_WAVE ? null : wave + 0;
}

function waveTextOf(metadata: ObjectMeta): readonly [string, string | undefined] {
  const own = annotationOf(metadata, WAVE_ANNOTATION);
  return own === undefined
    ? [ARGO_WAVE_ANNOTATION, annotationOf(metadata, ARGO_WAVE_ANNOTATION)]
    : [WAVE_ANNOTATION, own];
}

function quote(text: unknown): string {
  // An annotation that came from Git is text by now; one of a live object always is.
  const shown = typeof text === 'string' ? text : '';
  return JSON.stringify(shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown);
}

/** `items` in the order in which their waves are pruned: the highest first. Those that say none are of wave 0. */
export function toPruneWaves<T extends { readonly wave?: number }>(items: readonly T[]): readonly (readonly T[])[] {
  const byWave = Map.groupBy(items, ({ wave = 0 }) => wave);
  return [...byWave].sort(([a], [b]) => b - a).map(([, members]) => members);
}
