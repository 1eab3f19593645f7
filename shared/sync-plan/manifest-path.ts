/** @module Which files of a repository are manifests, told by their names alone. */

const EXTENSIONS: readonly string[] = ['.yaml', '.yml', '.json'];

/** True for the names that kubectl takes from a folder: `.yaml`, `.yml` and `.json`, in lower case. */
export function isManifestName(path: string): boolean {
  return EXTENSIONS.some((extension) => path.endsWith(extension));
}

/**
 * True when a segment of `relativePath` begins with a dot. Such files and folders belong to tools, such as CI workflows: what
 * belongs to the cluster does not hide. The path of the source itself may have such segments.
 */
export function isHiddenPath(relativePath: string): boolean {
  return relativePath.startsWith('.') || relativePath.includes('/.');
}
