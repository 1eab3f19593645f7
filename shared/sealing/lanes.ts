/** @module Hands out a fixed set of lanes so that each serves one operation at a time. */

/**
 * A few equal resources of which each may be used by one operation at a time. Operations that find none free wait
 * in the order of their arrival.
 */
export class Lanes<Lane> {
  readonly #idle: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  /** How many operations can run at once. */
  readonly size: number;

  constructor(lanes: readonly [Lane, ...Lane[]]) {
    this.#idle = [...lanes];
    this.size = lanes.length;
  }

  /** Runs `operation` with a lane of its own; its result, or its failure, is handed on. */
  async run<Result>(operation: (lane: Lane) => Promise<Result>): Promise<Result> {
    const lane = this.#idle.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)));
    try {
      return await operation(lane);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(lane);
      else next(lane);
    }
  }
}
