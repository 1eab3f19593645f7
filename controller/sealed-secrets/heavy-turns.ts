/**
 * @module Lets so many objects that take much time or memory be worked on at once, and has the others of them wait outside of the loop, so that
 * small ones always find a place in it. Namespaces take turns.
 */
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { SealingError } from '../../shared/sealing/errors.ts';
import { isRendered } from '../../shared/sealing/secret-from-items.ts';
import type { Loop } from '../reconcile-loop/loop.ts';
import type { Outcome, Request } from '../reconcile-loop/reconciler.ts';

/** How a look ends that found no place: it is woken when its turn has come, and looked at in any case after this time. */
export const WAITS_FOR_TURN: Outcome = { kind: 'again', afterMs: 300_000, isUntried: true };

/** Has `request` looked at whose turn has come. Not without any delay: that would be a new request, and end its backoff. */
export function wakeForTurn(loop: Pick<Loop, 'enqueue'>, request: Request): void {
  loop.enqueue(request, 1);
}

/** What turns are made of. */
export interface HeavyTurnsOptions {
  /** How many objects have their turn at once. */
  readonly places: number;
  /** Has an object looked at again whose turn has come. */
  readonly wake: (request: Request) => void;
}

/** Which heavy objects are worked on now. */
export class HeavyTurns {
  readonly #options: HeavyTurnsOptions;
  readonly #inside = new Set<string>();
  /** By namespace and object; the namespace that waits longest since its last turn comes first. */
  readonly #waiting = new Map<string, Map<string, Request>>();

  constructor(options: HeavyTurnsOptions) {
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

/** Characters of sealed values and templates above which an object is heavy: dozens of such are several MiB, and as many values as a second opens. */
const LIGHT_CHARACTERS = 64 * 1024;

/** True when `sealed` is large, or its Secret cannot be made without the template engine. */
export function isHeavy(sealed: SealedSecret): boolean {
  return lengthOf(sealed) > LIGHT_CHARACTERS || needsEngine(sealed);
}

function lengthOf({ spec }: SealedSecret): number {
  const { encryptedData, data, template } = fieldsOf(spec);
  const texts = [data, ...[encryptedData, fieldsOf(template)['data']].flatMap((map) => Object.values(fieldsOf(map)))];
  return texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
}

function needsEngine(sealed: SealedSecret): boolean {
  try {
    return isRendered(sealed);
  } catch (error) {
    // A template of the wrong form is refused before it is rendered.
    if (error instanceof SealingError) return false;
    throw error;
  }
}
