/** @module What one rendering has found so far, with a bound on how much that may be. */
import { fieldsOf, isMap, ownValue } from '../encoding/value-kind.ts';
import { groupOf, identityOf, type ObjectIdentity } from '../resources/object-meta.ts';
import type { SkippedFile } from './file-tree.ts';
import { type WeightLimits, weightOf } from './object-weight.ts';
import type { RenderProblem } from './render-problem.ts';
import type { ObjectOrigin, RenderedObject } from './rendered-object.ts';
import type { PlacedFinding } from './substitute.ts';

/** One object cannot fill a status with thousands of bad labels; whoever mends these sees the next ones. */
const MAX_FINDINGS_PER_OBJECT = 20;
/** Where so much is wrong, nobody reads on, and each problem costs time and memory. */
const MAX_PROBLEMS = 1_000;
const MIB = 1024 * 1024;

/** Finds the line of a text in the file of an object, at or behind the begin of the object; the begin itself when it is not there. */
export type FindLine = (origin: ObjectOrigin, written: string) => number;

/** How much a collector takes in. */
export interface CollectorLimits {
  readonly maxObjects: number;
  readonly weight: WeightLimits;
}

/** Collects objects and problems. */
export class RenderCollector {
  readonly objects: RenderedObject[] = [];
  readonly problems: RenderProblem[] = [];
  readonly skipped: SkippedFile[] = [];
  readonly #limits: CollectorLimits;
  readonly #findLine: FindLine;
  #seen = 0;
  #weight = 0;
  #isFull = false;

  constructor(limits: CollectorLimits, findLine: FindLine) {
    this.#limits = limits;
    this.#findLine = findLine;
  }

  /** Whether a bound is exceeded; values with problems count as objects as well, so that they are bounded, too. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Takes an object in. */
  add(rendered: RenderedObject): void {
    if (!this.#count(rendered.origin)) return;
    const { weight } = this.#limits;
    const own = weightOf(rendered.object, weight.object);
    this.#weight += own;
    if (own > weight.object) this.#reportHeavy(rendered);
    else if (this.#weight > weight.revision)
      this.#stop(
        rendered.origin,
        'RENDER_TOO_LARGE',
        `the objects of the revision take more than ${weight.revision / MIB} MiB of memory`,
      );
    else this.objects.push(rendered);
  }

  /** Takes in what is wrong with `value`. */
  report(value: unknown, origin: ObjectOrigin, findings: readonly PlacedFinding[]): void {
    if (!this.#count(origin)) return;
    const object = guessIdentity(value);
    if (this.problems.length >= MAX_PROBLEMS) {
      this.#stop(origin, 'RENDER_TOO_MANY_PROBLEMS', `more than ${MAX_PROBLEMS} problems: what follows was not read`);
      return;
    }
    for (const { written, ...found } of findings.slice(0, MAX_FINDINGS_PER_OBJECT)) {
      const line = written === undefined ? origin.line : this.#findLine(origin, written);
      this.problems.push({ file: origin.file, line, ...found, ...(object !== null && { object }) });
    }
  }

  /** Takes in a problem that was costly to find, and is full: a hundred of them would hold up everybody else. */
  endWith(problem: RenderProblem): void {
    this.#isFull = true;
    this.problems.push({ ...problem, message: `${problem.message}; what stands behind it was not read` });
  }

  #count(origin: ObjectOrigin): boolean {
    const { maxObjects } = this.#limits;
    this.#seen += 1;
    if (this.#seen <= maxObjects) return !this.#isFull;
    this.#stop(origin, 'RENDER_TOO_MANY_OBJECTS', `the revision has more than ${maxObjects} objects`);
    return false;
  }

  #reportHeavy({ object, origin: { file, line } }: RenderedObject): void {
    const message = `the object takes more than ${this.#limits.weight.object / MIB} MiB of memory`;
    this.endWith({ file, line, code: 'RENDER_TOO_LARGE', message, hint: NO_SERVER, object: identityOf(object) });
  }

  /** The last problem: nothing is read any more. */
  #stop({ file, line }: ObjectOrigin, code: RenderProblem['code'], message: string): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.problems.push({ file, line, code, message, hint: 'split it into several GitSyncs' });
  }
}

const NO_SERVER = 'no API server takes an object of that size';

/** Identity of a value that is not fit to be an object, as far as it goes; null without a kind. */
function guessIdentity(value: unknown): ObjectIdentity | null {
  if (!isMap(value)) return null;
  const [apiVersion, kind, metadata] = [
    ownValue(value, 'apiVersion'),
    ownValue(value, 'kind'),
    ownValue(value, 'metadata'),
  ];
  const text = (part: unknown): string => (typeof part === 'string' ? part.slice(0, 253) : '');
  if (text(kind) === '') return null;
  const named = fieldsOf(metadata);
  return {
    group: groupOf(text(apiVersion)),
    kind: text(kind),
    namespace: text(ownValue(named, 'namespace')),
    name: text(ownValue(named, 'name')),
  };
}
