/** @module Why a Secret could not be written, in the words of a status. */
import { describeError } from '../../shared/errors/describe-error.ts';
import { isKubeError, type KubeError } from '../../shared/kube/errors.ts';
import type { UnsealFailureReason, WriteFailureReason } from './verdict.ts';

/** A write that did not happen. `stalled`: the same write will be refused again. */
export interface WriteRefusal {
  readonly state: 'stalled' | 'waiting';
  readonly reason: WriteFailureReason | UnsealFailureReason;
  readonly message: string;
  readonly error?: unknown;
}

/** The path of a key that any Secret may have; the API server refuses other keys whatever the type is. */
const VALID_KEY_FIELD = /^data\[[-._a-zA-Z0-9]{1,253}\]/;

/** The Secret of `name` is somebody else's. */
export function refuseForeign(name: string): WriteRefusal {
  return {
    state: 'waiting',
    reason: 'SecretExists',
    message:
      `Secret "${name}" already exists and is not managed by SealedSecret: delete it, or annotate the Secret itself with ` +
      'sealedsecrets.bitnami.com/managed: "true" to hand it over',
  };
}

/** The Secret of `name` is immutable, and other values were sealed. */
export function refuseImmutable(name: string): WriteRefusal {
  return {
    state: 'stalled',
    reason: 'SecretImmutable',
    message: `the target Secret is immutable: delete Secret "${name}" to have it made again with the new values`,
  };
}

/** The Secret of `name` is immutable, holds keys of others, and was to get others of ours. */
export function refuseImmutableShared(name: string): WriteRefusal {
  return {
    state: 'stalled',
    reason: 'SecretImmutable',
    message:
      `the target Secret is immutable: Secret "${name}" is patched, and has keys that nobody here would make again; ` +
      'whoever made it has to make it anew',
  };
}

/** The type of an existing Secret never changes. */
export function refuseType(name: string, current: string, wanted: string): WriteRefusal {
  return {
    state: 'stalled',
    reason: 'TypeRefused',
    message: `Secret "${name}" has type "${current}" and cannot become "${wanted}": delete it to have it made again`,
  };
}

/** The Secret of `name` is being deleted. */
export function refuseTerminating(name: string): WriteRefusal {
  return { state: 'waiting', reason: 'WriteFailed', message: `Secret "${name}" is being deleted and still there` };
}

/** What `error`, thrown by a write, says; the client keeps values out of its messages. */
export function refusalOf(error: unknown, name: string): WriteRefusal {
  const message = `cannot write Secret "${name}": ${describeError(error)}`;
  if (isKubeError(error, 'KUBE_INVALID') && error.status === 422) return refusalOfInvalid(error, name, message);
  const isForbidden = isKubeError(error, 'KUBE_FORBIDDEN', 'KUBE_UNAUTHORIZED');
  return { state: 'waiting', reason: isForbidden ? 'Forbidden' : 'WriteFailed', message, error };
}

/** The API server names the fields that it refused. */
function refusalOfInvalid(error: KubeError, name: string, message: string): WriteRefusal {
  const { causes } = error;
  if (causes.some(({ field, reason }) => field === 'data' && reason === 'FieldValueForbidden'))
    return refuseImmutable(name);
  if (causes.some(({ field }) => field.startsWith('metadata')))
    return { state: 'stalled', reason: 'TemplateFailed', message };
  // Of a type with rules of its own: a key is missing, or a value is not what the type asks for, such as JSON.
  const isOfType = causes.some(({ field }) => field === 'type' || VALID_KEY_FIELD.test(field));
  return { state: 'stalled', reason: isOfType ? 'TypeRefused' : 'Malformed', message };
}
