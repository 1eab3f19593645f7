/** @module Failures as the status of a GitSync reports them: which object, where in Git, and why. */
import { compareText } from '../encoding/compare-text.ts';
import { shortenText } from '../encoding/shorten-text.ts';
import type { SyncFailure } from '../resources/git-sync.ts';
import type { ObjectIdentity } from '../resources/object-meta.ts';
import type { RenderProblem } from './render-problem.ts';
import type { ObjectOrigin } from './rendered-object.ts';

/** Longest message that is kept: a status must stay readable, and some API servers answer with whole objects. */
const MAX_MESSAGE = 1000;

/** The failure of one object; `origin` is unknown for an object that is no longer in Git. */
export function objectFailure(
  identity: Omit<ObjectIdentity, 'group'>,
  origin: ObjectOrigin | undefined,
  message: string,
): SyncFailure {
  const { kind, namespace, name } = identity;
  return {
    kind,
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
    ...(origin ? { file: origin.file, line: origin.line } : {}),
    message: shortenText(message, MAX_MESSAGE),
  };
}

/** The failure that a render problem is; a problem of a whole file has the kind `File`. */
export function problemFailure(problem: RenderProblem): SyncFailure {
  const { object, file, line } = problem;
  const message = problem.hint === undefined ? problem.message : `${problem.message}; ${problem.hint}`;
  if (!object)
    return { kind: 'File', file, ...(line === undefined ? {} : { line }), message: shortenText(message, MAX_MESSAGE) };
  const failure = objectFailure({ ...object, kind: object.kind || 'File' }, undefined, message);
  return { ...failure, file, ...(line === undefined ? {} : { line }) };
}

/** `failures` by file, line, kind and name; those without a file come last. */
export function sortFailures(failures: readonly SyncFailure[]): readonly SyncFailure[] {
  return failures.toSorted(
    (a, b) =>
      compareText(a.file ?? '\uffff', b.file ?? '\uffff') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      compareText(identityText(a), identityText(b)),
  );
}

/** How a person reads a failure: `deploy/cart.yaml:12: Deployment shop/cart: ...`. The object is named once. */
export function describeFailure(failure: SyncFailure): string {
  const { file, line, message } = failure;
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const object = identityText(failure);
  const isNamed = failure.name === undefined || message.includes(object);
  return isNamed ? `${place}${message}` : `${place}${object}: ${message}`;
}

function identityText({ kind, namespace, name }: SyncFailure): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name ?? ''}`;
}
