/** @module A SealedSecret as it is kept: without what nobody reads, and with a status of the form that ours has. */
import { fieldsOf, isMap } from '../../shared/encoding/value-kind.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';

/**
 * `object` without managedFields, which are a good part of its size, and without what cannot stand in a status: the resource
 * definitions of old installations of sealed-secrets let everything pass.
 */
export function keptObject(object: KubeObject): SealedSecret {
  const { managedFields: _, ...metadata } = object.metadata;
  const { status, ...rest } = object;
  return { ...rest, metadata, ...(isMap(status) && { status: readableStatus(status) }) } as SealedSecret;
}

/** Records are left as they are: whoever reads one believes nothing of it without a proof. */
function readableStatus({ observedGeneration, conditions, ...records }: Readonly<Record<string, unknown>>): object {
  return {
    ...records,
    ...(typeof observedGeneration === 'number' && { observedGeneration }),
    ...(Array.isArray(conditions) && { conditions: conditions.flatMap(readableCondition) }),
  };
}

/** Those of sealed-secrets have no reason, and a message only when something failed. */
function readableCondition(value: unknown): readonly object[] {
  const condition = { reason: '', message: '', ...fieldsOf(value) };
  const { type, status, reason, message } = condition as Readonly<Record<string, unknown>>;
  return [type, status, reason, message].every((part) => typeof part === 'string') ? [condition] : [];
}
