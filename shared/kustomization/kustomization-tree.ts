/** @module A kustomization as a whole: the files that its build needs, and nothing else of the repository. */

/** One file of a build. */
export interface KustomizationFile {
  /** Path from the root of the repository. */
  readonly path: string;
  /** As committed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the program gets to see in place of `bytes`: a kustomization file exactly as it was understood here. */
  readonly rewritten?: string;
}

/** Everything that a build of `folder` reads. */
export interface KustomizationTree {
  /** Folder of the kustomization to build, from the root of the repository; empty for the root itself. */
  readonly folder: string;
  readonly files: readonly KustomizationFile[];
  /** True when the kustomization asks for origin annotations itself; otherwise only we do, and take them away again. */
  readonly keepsOrigins: boolean;
}

/** Why a kustomization is not built. */
export interface KustomizationProblem {
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Lower case, without file and line; quotes names and paths, and no content. */
  readonly message: string;
  readonly hint?: string;
}

/** The names under which kustomize looks for its file. */
export const KUSTOMIZATION_NAMES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** True for a path whose last segment is one of {@link KUSTOMIZATION_NAMES}. */
export function isKustomizationFile(path: string): boolean {
  return KUSTOMIZATION_NAMES.includes(path.slice(path.lastIndexOf('/') + 1));
}

/** The paths at which the kustomization file of `folder` may lie. */
export function kustomizationPaths(folder: string): readonly string[] {
  return KUSTOMIZATION_NAMES.map((name) => (folder === '' ? name : `${folder}/${name}`));
}

/** Path of the kustomization file that is built; the folder where it is not among the files. */
export function rootFileOf({ folder, files }: Pick<KustomizationTree, 'folder' | 'files'>): string {
  const paths = kustomizationPaths(folder);
  return files.find(({ path }) => paths.includes(path))?.path ?? folder;
}
