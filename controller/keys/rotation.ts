/** @module When a new sealing key is due. Pure: Secrets, requests and a clock go in, a decision comes out. */
import { createHash } from 'node:crypto';
import { MAX_CLOCK_SKEW_MS } from '../../shared/resources/clock-skew.ts';
import { ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf, type KubeObject } from '../../shared/resources/object-meta.ts';
import { parseInstant } from './instant.ts';
import { type KeyOrder, orderInstant } from './key-order.ts';
import type { KeySecret } from './key-secret.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import type { LoadedKey } from './loaded-key.ts';

/** A request that is not honoured, and why. */
export interface RefusedRequest {
  readonly object: KubeObject;
  readonly problem: string;
}

/** What a new key is made for. */
export type IssueReason = 'first' | 'renewal' | 'cut-off' | 'request';

/**
 * What to do about new keys. `answers` is the request that the new key records, so that nobody honours it again.
 * `untilMs` is when to decide again. `keyless`: there is no key to seal to, and none may be made.
 */
export type RotationDecision =
  | { readonly kind: 'issue'; readonly why: IssueReason; readonly answers: string | undefined }
  | { readonly kind: 'wait'; readonly untilMs: number | null }
  | { readonly kind: 'keyless' };

/** What decides about new keys beside the keys themselves. */
export interface RotationRules {
  /** 0: keys are never renewed by time. */
  readonly renewPeriodMs: number;
  /** A youngest key that is older gets a successor; null: none does. */
  readonly cutoffAt: Date | null;
  readonly orderPriority: KeyOrder;
  /** `never`: without a key none is made. */
  readonly firstKey: 'create' | 'never';
}

/** What a decision is made from. */
export interface RotationState {
  readonly snapshot: KeySnapshot;
  /** Every key Secret that is known, retired ones included. */
  readonly secrets: readonly KeySecret[];
  /** The objects that may carry a request. */
  readonly requestObjects: readonly KubeObject[];
  readonly now: Date;
  readonly rules: RotationRules;
}

/** Share of the renewal period by which a key may be renewed early, so that clusters made at once do not stay in step. */
const MAX_JITTER = 0.05;

/**
 * Decides whether a key is made now. A request is answered when any key Secret records its instant or a later one; a
 * new key records the latest of all requests, so that deleting older key Secrets revives none.
 */
export function decideRotation(state: RotationState): RotationDecision {
  const answered = latest(state.secrets.map(({ answers: recorded }) => believed(recorded, state.now)));
  const requested = latest(state.requestObjects.map((object) => readRequest(object, state.now)));
  const answers = later(requested, answered);
  const { active } = state.snapshot;
  if (active === null) {
    return state.rules.firstKey === 'never' ? { kind: 'keyless' } : { kind: 'issue', why: 'first', answers };
  }
  if (requested !== undefined && answers !== answered) return { kind: 'issue', why: 'request', answers };
  const nowMs = state.now.getTime();
  const due = dueTimes(active, state.rules, nowMs);
  const reason = due.find(({ atMs }) => nowMs >= atMs);
  if (reason !== undefined) return { kind: 'issue', why: reason.why, answers };
  // The end of validity may hand over to another key, also where keys are not renewed.
  const endMs = active.key.certificate.notAfter.getTime();
  const next = [...due.map(({ atMs }) => atMs), ...(endMs >= nowMs ? [endMs] : [])];
  return { kind: 'wait', untilMs: next.length === 0 ? null : Math.min(...next) };
}

/** From when on the key gets a successor, and why. */
function dueTimes(
  active: LoadedKey,
  rules: RotationRules,
  nowMs: number,
): readonly { readonly why: IssueReason; readonly atMs: number }[] {
  const { renewPeriodMs, orderPriority, cutoffAt } = rules;
  const { notBefore, notAfter } = active.key.certificate;
  const bornMs = orderInstant(active, orderPriority);
  // A certificate may begin years ahead, made while a clock was wrong: nobody notices if such a key is never renewed. Only then does the
  // clock that dates Secrets count, or a key would be due as soon as it is made, again and again, while ours is ahead of it.
  const isFromFuture = bornMs - nowMs > MAX_CLOCK_SKEW_MS;
  const agedFromMs = isFromFuture ? active.secret.createdAt.getTime() : bornMs;
  const renewalMs = Math.min(agedFromMs + earlyPeriod(active, renewPeriodMs), notAfter.getTime());
  // Certificates count whole seconds; and the clock that dates Secrets is another one than ours, so that of a key that we
  // made the certificate decides as well: it must not look older than the cut-off that it was made for.
  const cutoffMs = Math.floor((cutoffAt?.getTime() ?? 0) / 1_000) * 1_000;
  const isBehind = cutoffAt !== null && Math.max(bornMs, notBefore.getTime()) < cutoffMs;
  return [
    ...(isBehind ? [{ why: 'cut-off' as const, atMs: cutoffMs }] : []),
    ...(renewPeriodMs === 0 ? [] : [{ why: 'renewal' as const, atMs: renewalMs }]),
  ];
}

/** `periodMs`, or up to a twentieth less: always the same for one key Secret, and another for the next. */
function earlyPeriod({ secret }: LoadedKey, periodMs: number): number {
  const share = createHash('sha256').update(secret.uid).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(periodMs * (1 - MAX_JITTER * share));
}

/** The requests among `objects` that are not honoured. */
export function findRefusedRequests(objects: readonly KubeObject[], now: Date): readonly RefusedRequest[] {
  return objects.flatMap((object) => {
    const text = annotationOf(object.metadata, ROTATE_REQUESTED_ANNOTATION);
    const problem = text === undefined ? null : requestProblem(text, now);
    return problem === null ? [] : [{ object, problem }];
  });
}

function readRequest(object: KubeObject, now: Date): string | undefined {
  return believed(annotationOf(object.metadata, ROTATE_REQUESTED_ANNOTATION), now);
}

/** `text`, unless it cannot be a request that was ever honoured. */
function believed(text: string | undefined, now: Date): string | undefined {
  return text !== undefined && requestProblem(text, now) === null ? text : undefined;
}

function requestProblem(text: string, now: Date): string | null {
  const instantMs = parseInstant(text);
  if (instantMs === null) return 'the rotation request is not an RFC 3339 instant such as 2026-01-31T12:00:00Z';
  // It would stand in the way of every later one.
  return instantMs - now.getTime() > MAX_CLOCK_SKEW_MS ? 'the rotation request lies in the future' : null;
}

function latest(texts: readonly (string | undefined)[]): string | undefined {
  return texts.reduce(later, undefined);
}

/** The later of two instants; the second one when they are equal. */
function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (parseInstant(a) ?? 0) > (parseInstant(b) ?? 0) ? a : b;
}
