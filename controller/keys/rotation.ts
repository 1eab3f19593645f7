/** @module When a new sealing key is due. Pure: Secrets, requests and a clock go in, a decision comes out. */
import { ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf, type KubeObject } from '../../shared/resources/object-meta.ts';
import { parseInstant } from './instant.ts';
import type { KeySecret } from './key-secret.ts';
import type { KeySnapshot } from './key-snapshot.ts';

/** A request that is not honoured, and why. */
export interface RefusedRequest {
  readonly object: KubeObject;
  readonly problem: string;
}

/** What to do about new keys. `answers` is the request that the new key records, so that nobody honours it again. */
export type RotationDecision =
  | { readonly kind: 'issue'; readonly why: 'first' | 'renewal' | 'request'; readonly answers: string | undefined }
  | { readonly kind: 'wait'; readonly untilMs: number | null };

/** What a decision is made from. */
export interface RotationState {
  readonly snapshot: KeySnapshot;
  /** Every key Secret that is known, retired ones included. */
  readonly secrets: readonly KeySecret[];
  /** The objects that may carry a request. */
  readonly requestObjects: readonly KubeObject[];
  readonly now: Date;
  /** 0: keys are never renewed by time. */
  readonly renewPeriodMs: number;
}

/** Requests further in the future than clocks go wrong are refused: they would stand in the way of every later one. */
const MAX_AHEAD_MS = 600_000;

/**
 * Decides whether a key is made now. A request is answered when any key Secret records its instant or a later one; a
 * new key records the latest of all requests, so that deleting older key Secrets revives none.
 */
export function decideRotation(state: RotationState): RotationDecision {
  const answered = latest(state.secrets.map(({ answers: recorded }) => believed(recorded, state.now)));
  const requested = latest(state.requestObjects.map((object) => readRequest(object, state.now)));
  const answers = later(requested, answered);
  const { active } = state.snapshot;
  if (active === null) return { kind: 'issue', why: 'first', answers };
  if (requested !== undefined && answers !== answered) return { kind: 'issue', why: 'request', answers };
  if (state.renewPeriodMs === 0) return { kind: 'wait', untilMs: null };
  const { notBefore, notAfter } = active.key.certificate;
  const untilMs = Math.min(notBefore.getTime() + state.renewPeriodMs, notAfter.getTime());
  return state.now.getTime() >= untilMs ? { kind: 'issue', why: 'renewal', answers } : { kind: 'wait', untilMs };
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
  return instantMs - now.getTime() > MAX_AHEAD_MS ? 'the rotation request lies in the future' : null;
}

function latest(texts: readonly (string | undefined)[]): string | undefined {
  return texts.reduce(later, undefined);
}

/** The later of two instants; the second one when they are equal. */
function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (parseInstant(a) ?? 0) > (parseInstant(b) ?? 0) ? a : b;
}
