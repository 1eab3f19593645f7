/** @module Bases within bases: no cycle, not too deep, and not built so often that the build never ends. */
import type { KustomizationProblem } from './kustomization-tree.ts';
import type { KustomizationReference } from './reference.ts';

/** What a graph may have. */
export interface GraphLimits {
  readonly maxBuilds: number;
  readonly maxDepth: number;
}

/** The bases of each kustomization by its folder, as often as they are named. */
export type BaseGraph = ReadonlyMap<string, readonly KustomizationReference[]>;

/** What is wrong with the graph below `root`; null when nothing is. A base that two kustomizations share is built twice, and counts so. */
export function findCycle(graph: BaseGraph, root: string, limits: GraphLimits): KustomizationProblem | null {
  return new GraphWalk(graph, limits).judge(root);
}

class GraphWalk {
  readonly #graph: BaseGraph;
  readonly #limits: GraphLimits;
  /** Builds below a folder, itself included, and how deep they go. */
  readonly #done = new Map<string, { readonly builds: number; readonly depth: number }>();
  readonly #above: string[] = [];

  constructor(graph: BaseGraph, limits: GraphLimits) {
    this.#graph = graph;
    this.#limits = limits;
  }

  judge(folder: string): KustomizationProblem | null {
    const total = { builds: 1, depth: 1 };
    this.#above.push(folder);
    for (const reference of this.#graph.get(folder) ?? []) {
      const problem = this.#addBase(reference, total);
      if (problem !== null) return problem;
    }
    this.#above.pop();
    this.#done.set(folder, total);
    return null;
  }

  #addBase(reference: KustomizationReference, total: { builds: number; depth: number }): KustomizationProblem | null {
    const { maxBuilds, maxDepth } = this.#limits;
    if (this.#above.includes(reference.path)) return refuse(reference, 'leads back to itself');
    if (this.#above.length >= maxDepth) return tooDeep(reference, this.#limits);
    const problem = this.#done.has(reference.path) ? null : this.judge(reference.path);
    if (problem !== null) return problem;
    const below = this.#done.get(reference.path) ?? { builds: 1, depth: 1 };
    total.builds += below.builds;
    total.depth = Math.max(total.depth, below.depth + 1);
    if (total.builds > maxBuilds) return tooMany(reference, this.#limits);
    return total.depth + this.#above.length - 1 > maxDepth ? tooDeep(reference, this.#limits) : null;
  }
}

/** What is wrong with a base that lies deeper than any may. */
export function tooDeep(reference: KustomizationReference, { maxDepth }: GraphLimits): KustomizationProblem {
  return refuse(reference, `lies more than ${maxDepth} bases deep`);
}

/** What is wrong with the base that is one too many. */
export function tooMany(reference: KustomizationReference, { maxBuilds }: GraphLimits): KustomizationProblem {
  return refuse(reference, `makes for more than ${maxBuilds} bases, each counted as often as it is built`);
}

function refuse({ file, line, entry }: KustomizationReference, why: string): KustomizationProblem {
  return { file, ...(line !== undefined && { line }), message: `${entry} ${why}` };
}
