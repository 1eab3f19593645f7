/** @module The wave that an object asks for by annotation. */
import { WAVE_ANNOTATION } from '../resources/names.ts';
import { annotationOf, type ObjectMeta } from '../resources/object-meta.ts';

/** Argo CD's name of the same thing; Signet's own wins. */
const ARGO_WAVE_ANNOTATION = 'argocd.argoproj.io/sync-wave';
const MAX_WAVE = 1_000_000;

/** The wave of an object, 0 when it asks for none. What is no whole number between a million below and above zero counts as none. */
export function waveOf(metadata: ObjectMeta): number {
  return readWave(metadata) ?? 0;
}

/** The annotation by which the object asks for a wave, when its value is none; null when it is one, or there is none. */
export function unreadableWave(metadata: ObjectMeta): { readonly name: string; readonly value: unknown } | null {
  if (readWave(metadata) !== null) return null;
  const [name, value] = waveTextOf(metadata);
  return { name, value };
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

/** `items` in the order in which their waves are pruned: the highest first. Those that say none are of wave 0. */
export function toPruneWaves<T extends { readonly wave?: number }>(items: readonly T[]): readonly (readonly T[])[] {
  const byWave = Map.groupBy(items, ({ wave = 0 }) => wave);
  return [...byWave].sort(([a], [b]) => b - a).map(([, members]) => members);
}
