/** @module The files of one build, in a folder that only this user can read. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KustomizationTree } from '../kustomization/kustomization-tree.ts';

/** Writes `tree` below `parent`, an empty private folder, and returns the folder to build. */
export async function writePrivateCopy(parent: string, tree: KustomizationTree): Promise<string> {
  const root = path.join(parent, 'repository');
  const build = path.join(root, tree.folder);
  await mkdir(build, { recursive: true, mode: 0o700 });
  const folders = new Set(tree.files.map((file) => path.dirname(file.path)));
  for (const folder of folders) await mkdir(path.join(root, folder), { recursive: true, mode: 0o700 });
  for (const { path: file, bytes, rewritten } of tree.files)
    await writeFile(path.join(root, file), rewritten ?? bytes, { mode: 0o600, flag: 'wx' });
  return build;
}
