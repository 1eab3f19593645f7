/** @module How much of kustomization files and of settings one walk looks into: all of it is parsed and held here, before any program with limits of its own sees it. */
import { sizeOf } from '../encoding/value-size.ts';

/** What a walk may take in. */
export interface ReadingLimits {
  /** Entries of lists in kustomization files and settings, as often as they stand there. */
  readonly maxEntries: number;
  /** Characters and nodes of kustomization files and settings, aliases written out. */
  readonly maxTextSize: number;
}

const MIB = 1024 * 1024;

/** What is left of {@link ReadingLimits}; shared by all that one walk reads. */
export class ReadingBudget {
  readonly #limits: ReadingLimits;
  #entries: number;
  #size: number;
  #fault: string | null = null;

  constructor(limits: ReadingLimits) {
    this.#limits = limits;
    this.#entries = limits.maxEntries;
    this.#size = limits.maxTextSize;
  }

  /** What was exceeded, as the end of a sentence about the kustomization; null while nothing was. */
  get fault(): string | null {
    return this.#fault;
  }

  /** Takes one entry; false when there was none left. */
  takeEntry(): boolean {
    this.#entries -= 1;
    if (this.#entries < 0) this.#fault ??= `it has more than ${this.#limits.maxEntries} entries`;
    return this.#entries >= 0;
  }

  /** Takes a text of `length`, before it is parsed; false when there was not so much left. */
  takeText(length: number): boolean {
    this.#size -= length;
    if (this.#size < 0)
      this.#fault ??= `its kustomization files and settings have more than ${this.#limits.maxTextSize / MIB} MiB, aliases written out`;
    return this.#size >= 0;
  }

  /** Takes by how much `value` is larger than the text of `length` that it was parsed from; false when there was not so much left. */
  takeExpansion(value: unknown, length: number): boolean {
    return this.takeText(Math.max(0, sizeOf(value, length + this.#size) - length));
  }
}
