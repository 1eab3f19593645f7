/** @module One changed field as a line. */
import type { FieldChange } from '../../shared/sync-plan/object-changes.ts';

/** `+`, `-` or `~`, the path of the field, and its values as they are given. */
export function formatFieldChange({ path, before, after }: FieldChange): string {
  if (before === undefined) return `+ ${path}: ${after ?? ''}`;
  return after === undefined ? `- ${path}: ${before}` : `~ ${path}: ${before} -> ${after}`;
}
