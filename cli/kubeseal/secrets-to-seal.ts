/**
 * @module From the objects of the input to Secrets that can be sealed, by kubeseal's rules for names and namespaces and in its
 * words. All of them are checked before the first one is sealed.
 */

import { fieldsOf, isMap, textOf } from '../../shared/encoding/value-kind.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { type Scope, scopeOf } from '../../shared/sealing/scope.ts';
import { describeObject } from '../manifests/manifest-objects.ts';
import type { Session } from '../terminal/session.ts';
import { inputError, type KubesealError } from './errors.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';
import type { Fields, InputObject } from './read-input.ts';

/** What the command line decides about every Secret. */
export interface SealingRules {
  readonly allowEmptyData: boolean;
  /** Takes the place of the name; empty: the Secret's own. */
  readonly name: string;
  /** Namespace of `-n`: another one in a Secret is an error. Empty when there is none. */
  readonly namespace: string;
  /** Given, it replaces what the Secret's annotations say. */
  readonly scope?: Scope;
}

/** Gives the namespace for a Secret that names none: that of the kubeconfig, or of the Pod. */
export type NamespaceFallback = () => Promise<string>;

const EMPTY =
  'secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty data, --allow-empty-data can be used';

/** The Secrets of `objects`. @throws KubesealError `KUBESEAL_INPUT_INVALID` */
export async function prepareSecrets(
  objects: readonly InputObject[],
  rules: SealingRules,
  fallback: NamespaceFallback,
): Promise<readonly Secret[]> {
  if (objects.length === 0) throw inputError('no secrets found. Ensure the input is valid and UTF-8 encoded');
  const secrets: Secret[] = [];
  for (const object of objects) secrets.push(await prepare(object, rules, fallback));
  return secrets;
}

/** Looks the namespace up once, for as many Secrets as need it. */
export function fallbackNamespace({ io }: Session, flags: KubesealFlags): NamespaceFallback {
  let found: Promise<string> | null = null;
  const find = async (): Promise<string> => {
    const { namespaceOf } = await import('./cluster-access.ts');
    return namespaceOf(io, flags.cluster);
  };
  return () => {
    found ??= find();
    return found;
  };
}

async function prepare(
  { place, value }: InputObject,
  rules: SealingRules,
  fallback: NamespaceFallback,
): Promise<Secret> {
  assertSecret(place, value);
  const { data, stringData } = value;
  if (!rules.allowEmptyData && isEmpty(data) && isEmpty(stringData)) throw inputError(EMPTY);
  const metadata = fieldsOf(value['metadata']);
  const name = rules.name || metadata['name'];
  if (name === undefined || name === null || name === '') throw inputError('missing metadata.name in input Secret');
  const scope = rules.scope ?? scopeOf({ annotations: textsOf(metadata['annotations']) });
  const namespace = await namespaceFor(metadata, { rules, scope, fallback });
  return {
    ...value,
    apiVersion: 'v1',
    kind: 'Secret',
    ...(data !== undefined && { data: withoutNulls(data) }),
    ...(stringData !== undefined && { stringData: withoutNulls(stringData) }),
    metadata: { ...metadata, name, ...(namespace === '' ? {} : { namespace }) },
  } as Secret;
}

/** kubeseal looks at neither kind nor version, and makes a Secret of anything; only their absence is forgiven here. */
function assertSecret(place: string, value: Fields): void {
  const { apiVersion, kind } = value;
  if ((apiVersion ?? 'v1') === 'v1' && (kind ?? 'Secret') === 'Secret') return;
  const hint = kind === 'SealedSecret' ? 'it is sealed already' : 'only a v1 Secret can be sealed';
  throw inputError(`${place}: cannot seal ${describeObject(value)}: it is not a Secret`, hint);
}

async function namespaceFor(
  metadata: Fields,
  {
    rules,
    scope,
    fallback,
  }: { readonly rules: SealingRules; readonly scope: Scope; readonly fallback: NamespaceFallback },
): Promise<string> {
  const own = textOf(metadata['namespace']);
  if (scope === 'cluster-wide') return own;
  if (rules.namespace !== '' && own !== '' && own !== rules.namespace) {
    throw inputError(
      `namespace mismatch: input secret is in namespace ${JSON.stringify(own)} but ${JSON.stringify(rules.namespace)} was specified`,
    );
  }
  const namespace = own || rules.namespace;
  if (namespace !== '') return namespace;
  try {
    return await fallback();
  } catch (error) {
    throw error instanceof CodedError ? noNamespace(error) : error;
  }
}

/** Without any kubeconfig there is nothing to add; one that cannot be used is worth a word. */
function noNamespace(error: CodedError): KubesealError {
  const hint =
    error.code === 'KUBESEAL_NO_CLUSTER' ? undefined : `name one with -n; the kubeconfig gives none: ${error.message}`;
  return inputError('secret must declare a namespace', hint);
}

/** What is no map is none of this: it is refused where fields are checked. */
function isEmpty(map: unknown): boolean {
  return map === undefined || map === null || (isMap(map) && Object.keys(map).length === 0);
}

/** Programs in Go write empty values as null, kubeseal's own --recovery-unseal among them. */
function withoutNulls(map: unknown): unknown {
  if (!isMap(map)) return map;
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value ?? '']));
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
