/**
 * @module How many requests with a body are in the house at once. Each may hold its body in memory and waits its turn to be worked on,
 * so that neither memory nor the processor is at the callers' mercy.
 */
import { Lanes } from '../../shared/sealing/lanes.ts';

/** How many may be there at once. */
export interface AdmissionLimits {
  readonly total: number;
  readonly perCaller: number;
  /** How many are worked on at once; the others wait. */
  readonly working: number;
}

/** Places for requests. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #present = new Map<string, number>();
  readonly #work: Lanes<number>;
  #total = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
    const [first = 0, ...others] = Array.from({ length: limits.working }, (_, at) => at);
    this.#work = new Lanes([first, ...others]);
  }

  /** A place for a request of `caller`, to be given back by calling the result once; null when there is none. */
  enter(caller: string): (() => void) | null {
    const own = this.#present.get(caller) ?? 0;
    if (this.#total >= this.#limits.total || own >= this.#limits.perCaller) return null;
    this.#total += 1;
    this.#present.set(caller, own + 1);
    return () => this.#leave(caller);
  }

  /** Runs `task` when it is its turn. */
  work<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#work.run(task);
  }

  #leave(caller: string): void {
    this.#total -= 1;
    const left = (this.#present.get(caller) ?? 1) - 1;
    if (left > 0) this.#present.set(caller, left);
    else this.#present.delete(caller);
  }
}
