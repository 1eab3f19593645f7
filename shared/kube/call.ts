/** @module What a call to the API server was about, for its error messages. */
import { describeIdentity } from '../resources/object-meta.ts';
import type { ObjectReference } from './client.ts';
import type { ResourceType } from './resource-type.ts';

/** One call as a person would name it, and what it carried. */
export interface Call {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'apply' | 'delete' | 'discover';
  readonly type?: ResourceType;
  readonly reference?: { readonly namespace?: string | undefined; readonly name: string };
  /** The body that was sent; errors must not quote its values. */
  readonly sent?: unknown;
  /** Any of the values may be a secret, whatever the kind is: of the server's words only those that quote nothing are repeated. */
  readonly holdsSecrets?: boolean;
}

/** What the call acts on: `Secret shop/cart`, `Secrets in shop`, `the API's kinds`. */
export function describeSubject(call: Call): string {
  const { type, reference } = call;
  if (type === undefined) return "the API server's kinds";
  const namespace = type.namespaced ? (reference?.namespace ?? '') : '';
  if (reference?.name) {
    return describeIdentity({ kind: type.kind, namespace: printable(namespace), name: printable(reference.name) });
  }
  return namespace === '' ? type.plural : `${type.plural} in ${printable(namespace)}`;
}

/** Names come from files, where they may be anything. */
function printable(name: string): string {
  return /^[\w.:@~-]{0,253}$/.test(name) ? name : JSON.stringify(name.slice(0, 100));
}

/** `call` about one object. */
export function callOn(verb: Call['verb'], type: ResourceType, reference: ObjectReference, sent?: unknown): Call {
  return { verb, type, reference, sent };
}
