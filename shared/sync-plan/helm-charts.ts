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
  const folders = new Set(charts.map(folderOf));
  const outer = charts.filter((path) => !isBelowOne(folders, folderOf(path)));
  return {
    problems: outer.map((file) => ({
      file,
      code: 'RENDER_HELM_CHART',
      message: 'this is a Helm chart, and those are not rendered',
      hint: HELM_HINT,
    })),
    holds: (path) => isBelowOne(folders, path),
  };
}

/** The folder of `path`, with a slash at its end; empty for the root. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
}

/** Whether `path` lies somewhere below one of `folders`. */
function isBelowOne(folders: ReadonlySet<string>, path: string): boolean {
  for (let at = path; at !== ''; at = folderOf(at)) if (folders.has(folderOf(at))) return true;
  return false;
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
