/** @module Renders a tree in one go. */
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import { type RenderOptions, type RenderResult, renderInSteps } from '../../shared/sync-plan/render.ts';

/** What `tree` renders to. */
export function render(tree: FileTree, options: RenderOptions = {}): RenderResult {
  const steps = renderInSteps(tree, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
