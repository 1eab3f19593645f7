/**
 * @module Lets so many objects with templates be worked on at once and has the others wait outside of the loop, so that those
 * without templates always find a place in it. Namespaces take turns.
 */
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { SealingError } from '../../shared/sealing/errors.ts';
import { isRendered } from '../../shared/sealing/secret-from-items.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';

/** What turns are made of. */
export interface TemplateTurnsOptions {
  /** How many objects have their turn at once. */
  readonly places: number;
  /** Has an object looked at again whose turn has come. */
  readonly wake: (request: Request) => void;
}

/** Who may work on templates now. */
export class TemplateTurns {
  readonly #options: TemplateTurnsOptions;
  readonly #inside = new Set<string>();
  /** By namespace and object; the namespace that waits longest since its last turn comes first. */
  readonly #waiting = new Map<string, Map<string, Request>>();

  constructor(options: TemplateTurnsOptions) {
    this.#options = options;
  }

  /** True when it is the turn of `request`; otherwise it waits, and is woken when it is. */
  enter(request: Request): boolean {
    const key = placeKey(request);
    if (this.#inside.has(key)) return true;
    if (this.#inside.size < this.#options.places) {
      this.#inside.add(key);
      return true;
    }
    const neighbours = this.#waiting.get(request.namespace) ?? new Map<string, Request>();
    this.#waiting.set(request.namespace, neighbours.set(key, request));
    return false;
  }

  /** Must be called at the end of every look at `request`, whether it has entered or not: one that was woken holds its place. */
  leave(request: Request): void {
    if (this.#inside.delete(placeKey(request))) this.#invite();
  }

  #invite(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [namespace, neighbours] = first;
    this.#waiting.delete(namespace);
    for (const [key, request] of neighbours) {
      neighbours.delete(key);
      if (neighbours.size > 0) this.#waiting.set(namespace, neighbours);
      this.#inside.add(key);
      this.#options.wake(request);
      return;
    }
  }
}

/** True when the Secret of `sealed` cannot be made without the template engine. */
export function needsEngine(sealed: SealedSecret): boolean {
  try {
    return isRendered(sealed);
  } catch (error) {
    // A template of the wrong form is refused before it is rendered.
    if (error instanceof SealingError) return false;
    throw error;
  }
}
