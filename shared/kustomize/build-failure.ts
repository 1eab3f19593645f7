/**
 * @module What kustomize says against a kustomization, as one sentence. It quotes whole objects and patches, and so values of Secrets: only what
 * is known to be names, paths and numbers is taken over.
 */
import {
  type KustomizationProblem,
  type KustomizationTree,
  kustomizationPaths,
  rootFileOf,
} from '../kustomization/kustomization-tree.ts';
import { folderOf, joinPath } from '../kustomization/reference.ts';

type Describe = (...words: string[]) => string;

/** Names, paths, and what kustomize writes for a part that is missing, such as `[noGrp]`. */
const NAME = '(?:[\\w.~/:-]|\\[no[A-Z][a-zA-Z]{1,20}\\]){1,253}';
const RULES: readonly (readonly [RegExp, Describe])[] = [
  [/yaml: line (\d+): .*? in File: \S+/s, () => 'a file is no YAML that kustomize reads'],
  [/MalformedYAMLError/, () => 'a file is no YAML that kustomize reads'],
  [new RegExp(`may not add resource with an already registered id: (${NAME})`), (id) => `two resources are ${id}`],
  [
    new RegExp(`no resource matches strategic merge patch "(${NAME})"`),
    (id) => `no resource matches the patch for ${id}`,
  ],
  [new RegExp(`no matches for Id (${NAME})`), (id) => `a patch is for ${id}, which is not among the resources`],
  [/failed to find unique target for patch/, () => 'a patch has no single resource that it is for'],
  [
    new RegExp(`(add|remove|replace|test) operation does not apply: doc is missing (?:path|key): "?(${NAME})"?`),
    (operation, at) => `a patch cannot ${operation} ${at}: there is no such field`,
  ],
  [
    new RegExp(`unable to find field "(${NAME})" in replacement target`),
    (field) => `a replacement is for field ${field}, which is not there`,
  ],
  [/nothing selected by/, () => 'the source of a replacement is not among the resources'],
  [/json: unknown field "([\w.-]{1,100})"/, (field) => `field ${field} is not known to kustomize`],
  [/cycle detected|candidate root/, () => 'a base leads back to a folder that is being built'],
  [/namespace transformation produces ID conflict/, () => 'two resources become the same in the namespace that is set'],
  [/missing metadata\.name in object/, () => 'a resource has no metadata.name'],
  [
    /unable to load external plugin|external plugins disabled/,
    () => 'a generator or transformer is a plugin, and those are not run',
  ],
  [/is not in or below/, () => 'a file lies outside of the folder of its kustomization'],
  [/unable to parse SM or JSON patch/, () => 'a patch is neither a strategic merge patch nor a JSON patch'],
  [/behavior must be merge or replace/, () => 'a generator is to merge or replace what is not there'],
  [/accumulating components/, () => 'a component cannot be taken in'],
  [/accumulating resources/, () => 'a resource or base cannot be taken in'],
];
const HINT = 'run `kustomize build` in that folder to see it in full';
/** What is read of each end: between them stands what was quoted, and patterns take their time with what somebody made for them. */
const MAX_END = 4 * 1024;
/** Names of files that are tried, the last ones first. */
const MAX_NAMES = 32;

/** The problem that `stderr` tells of. `copy` is the root of the private copy, whose paths are not for anybody. */
export function describeFailure(stderr: string, tree: KustomizationTree, copy: string): KustomizationProblem {
  const text = endsOf(stderr).replaceAll(`${copy}/`, '').replaceAll(copy, '.');
  const message = RULES.flatMap(([pattern, describe]) => {
    const match = pattern.exec(text);
    return match === null ? [] : [describe(...match.slice(1))];
  })[0];
  const { file, line } = findPlace(text, tree);
  return {
    file,
    ...(line !== undefined && { line }),
    message: `kustomize refuses it: ${message ?? 'it does not say why in words that may be shown'}`,
    hint: HINT,
  };
}

function endsOf(text: string): string {
  return text.length <= 2 * MAX_END ? text : `${text.slice(0, MAX_END)}\n${text.slice(-MAX_END)}`;
}

/** The file that is named last, and lies deepest in what was accumulated; else the kustomization file itself. */
function findPlace(text: string, tree: KustomizationTree): { readonly file: string; readonly line?: number } {
  const root = rootFileOf(tree);
  const file = findNamed(text, tree) ?? root;
  const line = /yaml: line (\d+):/.exec(text)?.[1];
  return line === undefined || file === root ? { file } : { file, line: Number(line) };
}

function findNamed(text: string, tree: KustomizationTree): string | undefined {
  const words = [...text.matchAll(/(?:from|of path|in File:|path) '?"?([^\s'":]+)'?"?/g)].map(([, word = '']) => word);
  const folders = [...new Set([tree.folder, ...tree.files.map(({ path }) => folderOf(path))])];
  for (const word of [...new Set(words.reverse())].slice(0, MAX_NAMES)) {
    const candidates = new Set([...folders.map((folder) => joinPath(folder, word)), word]);
    const kustomizations = kustomizationPaths(word);
    const found = tree.files.find(({ path }) => candidates.has(path) || kustomizations.includes(path));
    if (found !== undefined) return found.path;
  }
  return undefined;
}
