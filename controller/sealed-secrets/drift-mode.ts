/** @module What a SealedSecret wants done about edits that others make to its Secret. Pure. */
import { DRIFT_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf, type ObjectMeta } from '../../shared/resources/object-meta.ts';

/**
 * `repair`: the Secret is made again what was sealed. `report`: it stays as it is, and status and an event say so. `ignore`:
 * once written, it is not looked at before the SealedSecret changes.
 */
export type DriftMode = 'repair' | 'report' | 'ignore';

/** Type of the condition that tells of a reported edit. */
export const DRIFTED = 'Drifted';

const MODES: readonly DriftMode[] = ['repair', 'report', 'ignore'];
const MAX_QUOTED = 60;

/** The mode that the annotation asks for; `repair` without it, and for a value that means nothing. */
export function driftModeOf(meta: ObjectMeta): DriftMode {
  const value = annotationOf(meta, DRIFT_ANNOTATION);
  return MODES.find((mode) => mode === value) ?? 'repair';
}

/** What is wrong with the annotation; empty when nothing is. */
export function driftModeProblem(meta: ObjectMeta): string {
  const value: unknown = annotationOf(meta, DRIFT_ANNOTATION);
  if (value === undefined || MODES.some((mode) => mode === value)) return '';
  const quoted = JSON.stringify(String(value).slice(0, MAX_QUOTED));
  return `annotation ${DRIFT_ANNOTATION} has the unknown value ${quoted} and counts as "repair"`;
}
