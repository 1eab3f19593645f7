/**
 * @module Checks that an object read from a file is a Secret that can be sealed, and takes out of it what sealing
 * needs. It reports every fault at once and never quotes a value.
 */
import { fieldsOf, isMap, textOf } from '../encoding/value-kind.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import { FieldReader } from './check-fields.ts';
import { readPlaintexts } from './check-items.ts';
import { SealRefusedError } from './errors.ts';
import { type Scope, scopeOf } from './scope.ts';

/** What is sealed, and what goes with it. */
export interface CheckedSecret {
  readonly scope: Scope;
  readonly name: string;
  /** Empty when there is none, which is possible for cluster-wide only. */
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly finalizers: readonly string[];
  readonly type: string | undefined;
  readonly immutable: boolean | undefined;
  /** Plaintexts in the order of their keys; whoever seals them wipes them. */
  readonly plaintexts: ReadonlyMap<string, SecretBytes>;
}

/** How the object is to be sealed. */
export interface CheckOptions {
  /** Default: what the object's annotations say. */
  readonly scope?: Scope;
  /** Whether a Secret without data is fine; default false. */
  readonly allowEmpty?: boolean;
}

const OBJECT_FIELDS = ['apiVersion', 'kind', 'metadata', 'type', 'immutable', 'data', 'stringData'];
const METADATA_FIELDS = [
  ...['name', 'generateName', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'],
  ...['uid', 'resourceVersion', 'generation', 'selfLink', 'clusterName'],
  ...['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'],
];

/**
 * What sealing needs of `object`.
 * @throws SealRefusedError with every fault of the object.
 */
export function checkSecret(object: unknown, options: CheckOptions): CheckedSecret {
  const secret = asSecret(object);
  const reader = new FieldReader();
  reader.expectOnly(secret, '', OBJECT_FIELDS);
  const metadata = reader.map(secret['metadata'], 'metadata');
  reader.expectOnly(metadata, 'metadata', METADATA_FIELDS);
  const annotations = reader.texts(metadata['annotations'], 'metadata.annotations');
  const scope = options.scope ?? scopeOf({ annotations: Object.fromEntries(annotations) });
  const checked: CheckedSecret = {
    scope,
    name: readName(metadata, reader),
    namespace: readNamespace(metadata, scope, reader),
    labels: reader.texts(metadata['labels'], 'metadata.labels'),
    annotations,
    finalizers: reader.textList(metadata['finalizers'], 'metadata.finalizers'),
    type: reader.text(secret['type'], 'type'),
    immutable: reader.flag(secret['immutable'], 'immutable'),
    plaintexts: readPlaintexts(secret, reader),
  };
  if (options.allowEmpty !== true) expectData(secret, reader);
  const [first, ...others] = reader.faults;
  if (first === undefined) return checked;
  for (const plaintext of checked.plaintexts.values()) plaintext.wipe();
  throw new SealRefusedError(subjectOf('Secret', secret['metadata']), [first, ...others]);
}

/** True for a Secret without data that can be left readable: values under a misspelt or misplaced field are no reason to call it empty. */
export function holdsNothing(object: unknown): boolean {
  const secret = fieldsOf(object);
  const reader = new FieldReader();
  reader.expectOnly(secret, '', OBJECT_FIELDS);
  reader.expectOnly(fieldsOf(secret['metadata']), 'metadata', METADATA_FIELDS);
  return lacksData(secret) && reader.faults.length === 0;
}

/** The object as a map, if it says that it is a Secret. Nothing else is checked of an object of another kind. */
function asSecret(object: unknown): Readonly<Record<string, unknown>> {
  const fields = fieldsOf(object);
  const { apiVersion, kind } = fields;
  if (apiVersion === 'v1' && kind === 'Secret') return fields;
  const found = [apiVersion, kind].filter((part) => typeof part === 'string').join(' ') || 'no kind';
  const isSealed = kind === 'SealedSecret';
  throw new SealRefusedError(subjectOf(typeof kind === 'string' ? kind : 'object', fields['metadata']), [
    {
      code: 'SEAL_NOT_A_SECRET',
      field: 'kind',
      message: `expected v1 Secret, found ${found}`,
      hint: isSealed ? 'it is sealed already' : 'only Secrets are sealed',
    },
  ]);
}

function readName(metadata: Readonly<Record<string, unknown>>, reader: FieldReader): string {
  const { name } = metadata;
  const text = reader.text(name, 'metadata.name') ?? '';
  const isAbsent = (name ?? '') === '' && !reader.hasFault('metadata');
  if (isAbsent) reader.note('SEAL_NO_NAME', 'metadata.name', { problem: 'is missing', hint: 'give the Secret a name' });
  expectOneSegment(text, 'metadata.name', reader);
  return text;
}

function readNamespace(metadata: Readonly<Record<string, unknown>>, scope: Scope, reader: FieldReader): string {
  const { namespace } = metadata;
  const text = reader.text(namespace, 'metadata.namespace') ?? '';
  const isAbsent = (namespace ?? '') === '' && !reader.hasFault('metadata');
  if (isAbsent && scope !== 'cluster-wide') {
    reader.note('SEAL_NO_NAMESPACE', 'metadata.namespace', {
      problem: `is missing, and scope ${scope} binds to it`,
      hint: 'give the Secret a namespace, or seal it cluster-wide',
    });
  }
  expectOneSegment(text, 'metadata.namespace', reader);
  return text;
}

/**
 * The strict label joins namespace and name with a slash: with a slash inside, two places would share a label. No
 * object of the API server has one; everything else about names is left to the API server.
 */
function expectOneSegment(text: string, field: string, reader: FieldReader): void {
  if (text.includes('/')) reader.note('SEAL_NAME_INVALID', field, { problem: 'contains a slash' });
}

function expectData(secret: Readonly<Record<string, unknown>>, reader: FieldReader): void {
  if (!lacksData(secret)) return;
  reader.note('SEAL_NO_DATA', 'data', { problem: 'is empty', hint: 'add data or stringData' });
}

function lacksData({ data, stringData }: Readonly<Record<string, unknown>>): boolean {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === null || (isMap(value) && Object.keys(value).length === 0);
  return isEmpty(data) && isEmpty(stringData);
}

function subjectOf(kind: string, metadata: unknown): string {
  const fields = fieldsOf(metadata);
  const [namespace, name] = [fields['namespace'], fields['name']].map(textOf);
  if (!namespace) return name ? `${kind} ${JSON.stringify(name)}` : kind;
  // A namespace alone would read as a name.
  return `${kind} ${JSON.stringify(`${namespace}/${name || '?'}`)}`;
}
