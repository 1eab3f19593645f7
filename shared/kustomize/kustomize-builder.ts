/** @module Builds kustomizations by the kustomize program, each content once: same files, same result. */
import { createHash } from 'node:crypto';
import { CodedError } from '../errors/coded-error.ts';
import { describeError } from '../errors/describe-error.ts';
import { sweepPrivateFolders, withPrivateFolder } from '../git/private-files.ts';
import type { KustomizationTree } from '../kustomization/kustomization-tree.ts';
import type { BuildKustomization, BuiltKustomization } from '../sync-plan/render-revision.ts';
import { describeFailure } from './build-failure.ts';
import { readBuiltDocuments } from './built-documents.ts';
import { findKustomize, type ProgramPlace } from './find-program.ts';
import { writePrivateCopy } from './private-copy.ts';
import { DEFAULT_KUSTOMIZE_LIMITS, type KustomizeLimits, runKustomize } from './run-kustomize.ts';

/** What a builder works with. */
export interface KustomizeBuilderOptions extends ProgramPlace {
  /** Absolute path of a folder that is ours alone; made when missing. Copies live below it while they are built. */
  readonly privateDirectory: string;
  /** What differs from {@link DEFAULT_KUSTOMIZE_LIMITS}. */
  readonly limits?: Partial<KustomizeLimits>;
  /** Called before the program is run. */
  readonly onRun?: () => void;
}

const MAX_KEPT = 256;
/** Of output; what it is parsed to takes a few times as much. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** A builder. What processes that are gone left behind is removed before its first build. @see BuildKustomization */
export function createKustomizeBuilder(options: KustomizeBuilderOptions): BuildKustomization {
  const builder = new KustomizeBuilder(options);
  return (tree, signal) => builder.build(tree, signal);
}

interface Kept {
  readonly built: BuiltKustomization;
  readonly bytes: number;
}

class KustomizeBuilder {
  readonly #options: KustomizeBuilderOptions;
  readonly #limits: KustomizeLimits;
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;
  #swept: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: KustomizeBuilderOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_KUSTOMIZE_LIMITS, ...options.limits };
  }

  /** @throws KustomizeError; the reason of `signal` */
  async build(tree: KustomizationTree, signal?: AbortSignal): Promise<BuiltKustomization> {
    const key = contentKey(tree);
    return this.#find(key) ?? this.#inTurn(async () => this.#find(key) ?? this.#buildFresh(key, tree, signal));
  }

  #find(key: string): BuiltKustomization | undefined {
    const known = this.#kept.get(key);
    if (known !== undefined) this.#keep(key, known);
    return known?.built;
  }

  async #buildFresh(
    key: string,
    tree: KustomizationTree,
    signal: AbortSignal | undefined,
  ): Promise<BuiltKustomization> {
    const fresh = await this.#run(tree, signal);
    this.#keep(key, fresh);
    return fresh.built;
  }

  /** One at a time: the memory of a container has room for one program. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #run(tree: KustomizationTree, signal: AbortSignal | undefined): Promise<Kept> {
    const { privateDirectory, onRun } = this.#options;
    signal?.throwIfAborted();
    const program = findKustomize(this.#options);
    this.#swept ??= sweepPrivateFolders(privateDirectory);
    await this.#swept;
    return withPrivateFolder(privateDirectory, async (parent) => {
      const folder = await writePrivateCopy(parent, tree);
      onRun?.();
      const outcome = await runKustomize({ program, folder, limits: this.#limits, signal });
      if (outcome.isBuilt) return { built: readOutput(outcome.output, tree), bytes: outcome.output.length };
      return { built: { problem: describeFailure(outcome.stderr, tree, `${parent}/repository`) }, bytes: 0 };
    });
  }

  /** As the one that was used last; the ones that were not used for longest go. */
  #keep(key: string, kept: Kept): void {
    if (this.#kept.delete(key)) this.#keptBytes -= kept.bytes;
    this.#kept.set(key, kept);
    this.#keptBytes += kept.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (oldest === key || (this.#kept.size <= MAX_KEPT && this.#keptBytes <= MAX_KEPT_BYTES)) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= bytes;
    }
  }
}

function readOutput(output: string, tree: KustomizationTree): BuiltKustomization {
  try {
    return { documents: readBuiltDocuments(output, tree) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { problem: { file: tree.folder, message: describeError(error) } };
  }
}

/** The same for the same files at the same places. */
function contentKey({ folder, files }: KustomizationTree): string {
  const hash = createHash('sha256').update(JSON.stringify(folder));
  for (const { path, bytes } of files) hash.update(`${JSON.stringify(path)} ${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}
