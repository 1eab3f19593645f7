/** @module The one way from the files of a revision to its objects, for the controller and for every plan: built by kustomize where the path asks for it. */
import {
  isKustomizationFile,
  type KustomizationProblem,
  type KustomizationTree,
} from '../kustomization/kustomization-tree.ts';
import type { FileTree } from './file-tree.ts';
import { type RenderOptions, type RenderResult, renderBuilt, renderInSteps } from './render.ts';
import type { OriginDocument } from './render-documents.ts';

/** What a kustomization is built to, or why it cannot be. */
export type BuiltKustomization =
  | { readonly documents: readonly OriginDocument[]; readonly problem?: never }
  | { readonly problem: KustomizationProblem; readonly documents?: never };

/** Builds a kustomization. Rejects only for what may be different at the next try. */
export type BuildKustomization = (tree: KustomizationTree, signal?: AbortSignal) => Promise<BuiltKustomization>;

/** Where nobody builds kustomizations, each is a problem of its own. */
export const buildNothing: BuildKustomization = async ({ folder, files }) => {
  const [file = folder] = files.flatMap(({ path }) => (isKustomizationFile(path) ? [path] : []));
  return { problem: { file, message: 'kustomizations are not built here' } };
};

/** What rendering takes. */
export interface RenderRevisionOptions extends RenderOptions {
  readonly build: BuildKustomization;
  /** Lets others have the processor, between files that take a while; default: nobody is let. */
  readonly pause?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Objects, problems and skipped files of `tree`. @throws what {@link BuildKustomization} throws; the reason of the signal */
export async function renderRevision(tree: FileTree, options: RenderRevisionOptions): Promise<RenderResult> {
  const { kustomization } = tree;
  if (kustomization === undefined || tree.problems.length > 0) return renderFiles(tree, options);
  const { documents, problem } = await options.build(kustomization, options.signal);
  if (problem === undefined) return renderBuilt(tree, documents, options);
  return { objects: [], problems: [{ ...problem, code: 'RENDER_KUSTOMIZATION' }], skipped: tree.skipped };
}

async function renderFiles(tree: FileTree, options: RenderRevisionOptions): Promise<RenderResult> {
  const steps = renderInSteps(tree, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await options.pause?.();
    options.signal?.throwIfAborted();
  }
}
