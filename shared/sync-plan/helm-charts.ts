/** @module Helm charts among the manifests: one clear word for each, in place of a problem for each of its templates. */
import { isMap, ownValue } from '../encoding/value-kind.ts';
import { HELM_HINT } from '../kustomization/read-kustomization.ts';
import type { TreeFile } from './file-tree.ts';
import { readFileDocuments } from './read-file-documents.ts';
import type { RenderProblem } from './render-problem.ts';

/** The charts of a tree. */
export interface FoundCharts {
  readonly problems: readonly RenderProblem[];
  /** Whether a file belongs to one of them. */
  holds(path: string): boolean;
}

const CHART_FILE = 'Chart.yaml';

/** Charts are folders with a `Chart.yaml` that is one; charts within charts are parts of them. */
export function findCharts(files: readonly TreeFile[]): FoundCharts {
  const charts = files.filter(isChart).map(({ path }) => path);
  const folders = charts.map((path) => path.slice(0, -CHART_FILE.length));
  const outer = charts.filter(
    (path) => !folders.some((folder) => path !== `${folder}${CHART_FILE}` && path.startsWith(folder)),
  );
  return {
    problems: outer.map((file) => ({
      file,
      code: 'RENDER_HELM_CHART',
      message: 'this is a Helm chart, and those are not rendered',
      hint: HELM_HINT,
    })),
    holds: (path) => folders.some((folder) => path.startsWith(folder)),
  };
}

function isChart(file: TreeFile): boolean {
  if (file.path !== CHART_FILE && !file.path.endsWith(`/${CHART_FILE}`)) return false;
  const [document] = readFileDocuments(file).documents ?? [];
  const value = document?.value;
  return (
    isMap(value) &&
    !Object.hasOwn(value, 'kind') &&
    typeof ownValue(value, 'name') === 'string' &&
    Object.hasOwn(value, 'version')
  );
}
