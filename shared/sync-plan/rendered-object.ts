/** @module An object that Git wants, and where it stands there. */
import type { KubeObject } from '../resources/object-meta.ts';

/** Keys from the root of an object to a text in it; {@link ANY_ITEM} stands for every item of a list. */
export type ConfidentialPath = readonly string[];

/** Any item of a list in a {@link ConfidentialPath}. */
export const ANY_ITEM = '*';

/** Where in the repository an object is written. */
export interface ObjectOrigin {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Line of the document's first content, counted from 1. Items of a List have the line of their List. */
  readonly line: number;
  /** Document of the file, counted from 1 as written, empty documents included. */
  readonly document: number;
}

/** One object as Git wants it, ready to be compared and applied: no status, no server-set metadata, Secret text merged into `data`. */
export interface RenderedObject {
  readonly object: KubeObject;
  readonly origin: ObjectOrigin;
  /** Where values of Secrets were put into it; absent where none were. */
  readonly confidential?: readonly ConfidentialPath[];
}

/** How a person reads an origin: `deploy/cart.yaml:12`. */
export function describeOrigin(origin: ObjectOrigin): string {
  return `${origin.file}:${origin.line}`;
}
