/** @module Who approved a plan, as far as the API server noted it. */
import { isMap } from '../../shared/encoding/value-kind.ts';
import { APPROVE_ANNOTATION } from '../../shared/resources/names.ts';
import type { ObjectMeta } from '../../shared/resources/object-meta.ts';

const MAX_NAME = 128;

/**
 * The field manager that set the approval, and when: what there is in the object itself. The manager is whatever the client said it is; who that
 * was, the server's audit log knows.
 */
export function describeApprover(metadata: ObjectMeta): string {
  const entries: unknown = metadata['managedFields'];
  const owner = (Array.isArray(entries) ? entries.filter(isMap) : []).find(ownsApproval);
  if (owner === undefined) return 'somebody';
  const { manager, time } = owner;
  const name = typeof manager === 'string' ? manager.slice(0, MAX_NAME) : '';
  return `field manager ${JSON.stringify(name)}${typeof time === 'string' ? ` at ${time}` : ''}`;
}

function ownsApproval(entry: Readonly<Record<string, unknown>>): boolean {
  const path = ['fieldsV1', 'f:metadata', 'f:annotations', `f:${APPROVE_ANNOTATION}`];
  let at: unknown = entry;
  for (const field of path) {
    if (!isMap(at) || !Object.hasOwn(at, field)) return false;
    at = at[field];
  }
  return true;
}
