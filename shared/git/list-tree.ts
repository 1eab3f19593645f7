/** @module The entries of a tree, as `git ls-tree -z` prints them. */

/** What an entry is. */
export type TreeEntryKind = 'file' | 'symlink' | 'folder' | 'submodule';

/** One entry below a listed tree. */
export interface TreeEntry {
  /** Path from the root of the repository. Bytes that are no UTF-8 are shown as U+FFFD; then `isNameValid` is false. */
  readonly path: string;
  readonly kind: TreeEntryKind;
  readonly oid: string;
  /** Whether the name is UTF-8, without control characters and of a reasonable length. */
  readonly isNameValid: boolean;
}

type Utf8Decoder = InstanceType<typeof TextDecoder>;

const MAX_PATH_LENGTH = 4096;
/** Control characters, and those that end a line or turn what follows around: a name is shown to people as it is. */
const UNWANTED = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
const KINDS: Readonly<Record<string, TreeEntryKind>> = {
  '120000': 'symlink',
  '160000': 'submodule',
  '040000': 'folder',
};

/** Entries of the NUL-terminated `output`, with `folder` put before their paths. Entries that are no entries are left out. */
export function parseTreeListing(output: Uint8Array, folder: string): TreeEntry[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const entries: TreeEntry[] = [];
  let start = 0;
  while (start < output.length) {
    const end = output.indexOf(0, start);
    if (end < 0) break;
    const entry = parseLine(output.subarray(start, end), prefix, strict);
    if (entry !== null) entries.push(entry);
    start = end + 1;
  }
  return entries;
}

/** The entry that `line` is, without its NUL, with its path as it stands there; null when it is none. */
export function parseTreeEntry(line: Uint8Array): TreeEntry | null {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return parseLine(line, '', strict);
}

/** `<mode> <type> <oid>\t<path>`; the part before the tab is ASCII. */
function parseLine(line: Uint8Array, prefix: string, strict: Utf8Decoder): TreeEntry | null {
  const tab = line.indexOf(9);
  const [mode, , oid] = Buffer.from(line.subarray(0, tab)).toString('latin1').split(' ');
  if (tab < 0 || mode === undefined || oid === undefined) return null;
  const name = decodeName(line.subarray(tab + 1), strict);
  const path = `${prefix}${name.text}`;
  const isNameValid = name.isUtf8 && path.length <= MAX_PATH_LENGTH && path.search(UNWANTED) < 0;
  return { path: isNameValid ? path : toShownPath(path), kind: KINDS[mode] ?? 'file', oid, isNameValid };
}

function decodeName(bytes: Uint8Array, strict: Utf8Decoder): { text: string; isUtf8: boolean } {
  try {
    return { text: strict.decode(bytes), isUtf8: true };
  } catch {
    return { text: new TextDecoder().decode(bytes), isUtf8: false };
  }
}

/** A name that cannot forge lines of a log or fill a status, and still has its extension. */
function toShownPath(path: string): string {
  const shown = path.replace(UNWANTED, '\u{fffd}');
  return shown.length > 200 ? `${shown.slice(0, 100)}…${shown.slice(-100)}` : shown;
}
