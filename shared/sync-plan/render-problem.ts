/** @module What can be wrong with a file or object of a revision, as a value: render reports all of them at once. */
import { describeIdentity, type ObjectIdentity } from '../resources/object-meta.ts';
import type { TreeProblemCode } from './file-tree.ts';

/** Closed list of what render finds. `RENDER_NOT_PARSED` stands for every way in which a file is no YAML or JSON. */
export type RenderProblemCode =
  | TreeProblemCode
  | 'RENDER_NOT_PARSED'
  | 'RENDER_NOT_AN_OBJECT'
  | 'RENDER_FIELD_INVALID'
  | 'RENDER_NAME_MISSING'
  | 'RENDER_GENERATE_NAME'
  | 'RENDER_LIST_INVALID'
  | 'RENDER_SECRET_INVALID'
  | 'RENDER_SUBSTITUTION'
  | 'RENDER_KUSTOMIZATION'
  | 'RENDER_HELM_CHART'
  | 'RENDER_DUPLICATE'
  | 'RENDER_TOO_LARGE'
  | 'RENDER_TOO_MANY_PROBLEMS'
  | 'RENDER_TOO_MANY_OBJECTS';

/** One finding. While a revision has any, nothing of it may be taken for the whole of what Git wants. */
export interface RenderProblem {
  readonly file: string;
  /** Counted from 1; absent when the whole file is meant. */
  readonly line?: number;
  readonly code: RenderProblemCode;
  /** Lower case, without file, line and object; quotes no value of a Secret. */
  readonly message: string;
  readonly hint?: string;
  /** The object in question, as far as it could be read. */
  readonly object?: ObjectIdentity;
}

/** How a person reads a problem: `deploy/cart.yaml:12: Deployment shop/cart: metadata.labels "tier" is a number, ...`. */
export function describeProblem({ file, line, object, message }: RenderProblem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const subject = object === undefined || object.name === '' ? '' : `${describeIdentity(object)}: `;
  return `${place}: ${subject}${message}`;
}
