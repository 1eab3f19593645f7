/** @module What one rendering has found so far, with a bound on how much that may be. */
import { fieldsOf, isMap, ownValue } from '../encoding/value-kind.ts';
import { groupOf, type ObjectIdentity } from '../resources/object-meta.ts';
import type { SkippedFile } from './file-tree.ts';
import type { RenderProblem } from './render-problem.ts';
import type { ObjectOrigin, RenderedObject } from './rendered-object.ts';
import type { PlacedFinding } from './substitute.ts';

/** One object cannot fill a status with thousands of bad labels; whoever mends these sees the next ones. */
const MAX_FINDINGS_PER_OBJECT = 20;

/** Finds the line of a text in the file of an object, at or behind the begin of the object; the begin itself when it is not there. */
export type FindLine = (origin: ObjectOrigin, written: string) => number;

/** Collects objects and problems. */
export class RenderCollector {
  readonly objects: RenderedObject[] = [];
  readonly problems: RenderProblem[] = [];
  readonly skipped: SkippedFile[] = [];
  readonly #maxObjects: number;
  readonly #findLine: FindLine;
  #seen = 0;

  constructor(maxObjects: number, findLine: FindLine) {
    this.#maxObjects = maxObjects;
    this.#findLine = findLine;
  }

  /** Whether the bound is exceeded; values with problems count as well, so that they are bounded, too. */
  get isFull(): boolean {
    return this.#seen > this.#maxObjects;
  }

  /** Takes an object in. */
  add(rendered: RenderedObject): void {
    if (this.#count(rendered.origin)) this.objects.push(rendered);
  }

  /** Takes in what is wrong with `value`. */
  report(value: unknown, origin: ObjectOrigin, findings: readonly PlacedFinding[]): void {
    if (!this.#count(origin)) return;
    const object = guessIdentity(value);
    for (const { written, ...found } of findings.slice(0, MAX_FINDINGS_PER_OBJECT)) {
      const line = written === undefined ? origin.line : this.#findLine(origin, written);
      this.problems.push({ file: origin.file, line, ...found, ...(object !== null && { object }) });
    }
  }

  #count({ file, line }: ObjectOrigin): boolean {
    this.#seen += 1;
    if (!this.isFull) return true;
    const message = `the revision has more than ${this.#maxObjects} objects`;
    this.problems.push({
      file,
      line,
      code: 'RENDER_TOO_MANY_OBJECTS',
      message,
      hint: 'split it into several GitSyncs',
    });
    return false;
  }
}

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
