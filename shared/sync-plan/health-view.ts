/** @module A live object as its health is read from it: numbers, texts and conditions out of JSON that may hold anything. */
import { shortenText } from '../encoding/shorten-text.ts';
import { fieldsOf, isMap, ownValue } from '../encoding/value-kind.ts';
import { identityOf, type KubeObject, type ObjectIdentity } from '../resources/object-meta.ts';

/**
 * `healthy`: does what it is there for. `progressing`: not yet. `failed`: will not by itself. `unknown`: what it says about itself
 * cannot be read.
 */
export type HealthState = 'healthy' | 'progressing' | 'failed' | 'unknown';

/** The health of one object. */
export interface Health {
  readonly state: HealthState;
  /** Why, as the end of a sentence that starts with the object; bounded. */
  readonly message: string;
}

/** One condition of a status; what is not text is left out. */
export interface ReadCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number | undefined;
}

/** An object, taken apart. */
export interface HealthView {
  readonly identity: ObjectIdentity;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
  readonly generation: number | undefined;
  readonly observedGeneration: number | undefined;
  readonly isTerminating: boolean;
  readonly conditions: ReadonlyMap<string, ReadCondition>;
  /** False when the status is not made as every status is. */
  readonly isReadable: boolean;
}

/** Statuses are written by anybody: their texts end up in ours. */
const MAX_TEXT = 300;

/** `object` as a view. Never throws, whatever it holds. */
export function viewOf(object: KubeObject): HealthView {
  const metadata = fieldsOf(ownValue(fieldsOf(object), 'metadata'));
  const statusValue = ownValue(fieldsOf(object), 'status');
  const status = fieldsOf(statusValue);
  const conditions = ownValue(status, 'conditions');
  return {
    identity: readIdentity(object, metadata),
    spec: fieldsOf(ownValue(fieldsOf(object), 'spec')),
    status,
    generation: numberOf(metadata, 'generation'),
    observedGeneration: numberOf(status, 'observedGeneration'),
    isTerminating: ownValue(metadata, 'deletionTimestamp') !== undefined,
    conditions: readConditions(conditions),
    isReadable: isEmpty(statusValue, isMap) && isEmpty(conditions, Array.isArray),
  };
}

/** The number under `key`, or undefined for anything else. */
export function numberOf(fields: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = ownValue(fields, key);
  return typeof value === 'number' ? value : undefined;
}

/** The text under `key`, cut to a length; empty for anything else. */
export function textOf(fields: Readonly<Record<string, unknown>>, key: string): string {
  const value = ownValue(fields, key);
  return typeof value === 'string' ? shortenText(value, MAX_TEXT) : '';
}

/** True when the condition `type` is there and has this status. */
export function hasCondition(view: HealthView, type: string, status: 'True' | 'False' | 'Unknown'): boolean {
  return view.conditions.get(type)?.status === status;
}

/** `fallback`, followed by what the condition says of itself. */
export function explain(fallback: string, condition: ReadCondition | undefined): string {
  const { reason = '', message = '' } = condition ?? {};
  const told = [reason, message].filter((text) => text !== '').join(': ');
  return told === '' ? fallback : `${fallback}: ${told}`;
}

/** A health with its message. */
export function health(state: HealthState, message: string): Health {
  return { state, message };
}

/** What is said of every healthy object. */
export const HEALTHY: Health = health('healthy', 'is as it should be');

function isEmpty(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || isRight(value);
}

function readIdentity(object: KubeObject, metadata: Readonly<Record<string, unknown>>): ObjectIdentity {
  const fields = fieldsOf(object);
  const plain = {
    apiVersion: textOf(fields, 'apiVersion'),
    kind: textOf(fields, 'kind'),
    metadata: { namespace: textOf(metadata, 'namespace'), name: textOf(metadata, 'name') },
  };
  return identityOf(plain);
}

function readConditions(value: unknown): ReadonlyMap<string, ReadCondition> {
  const conditions = new Map<string, ReadCondition>();
  for (const entry of Array.isArray(value) ? value : []) {
    const fields = fieldsOf(entry);
    const type = textOf(fields, 'type');
    if (type === '') continue;
    conditions.set(type, {
      status: textOf(fields, 'status'),
      reason: textOf(fields, 'reason'),
      message: textOf(fields, 'message'),
      observedGeneration: numberOf(fields, 'observedGeneration'),
    });
  }
  return conditions;
}
