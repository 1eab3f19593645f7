/** @module What a commit says of itself: its author, the first paragraph of its message, its time and its parents. All of it is a stranger's text. */
import type { GitRunner } from './git-runner.ts';

/** One commit, cut down to what may stand in a status. */
export interface CommitDescription {
  /** First paragraph of the message on one line, at most 120 characters, without control characters; may be empty. */
  readonly subject: string;
  /** Name of the author, or the address when there is no name; at most 80 characters, without control characters. */
  readonly author: string;
  /** Seconds since 1970 of the committer's clock; 0 when it says none. */
  readonly committedAt: number;
  /** Full ids of its parents. */
  readonly parents: readonly string[];
}

const MAX_SUBJECT = 120;
const MAX_AUTHOR = 80;
/** More of a commit is not looked at, however long its message is. */
const MAX_BYTES = 64 * 1024;
// Beside control characters, those that reorder or hide what is read, and the halves of broken pairs.
const UNWANTED = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;

/** Reads `commit`, which the mirror has. @throws GitError `GIT_MIRROR_DAMAGED` */
export async function readCommit(
  git: Pick<GitRunner, 'read'>,
  read: { readonly mirror: string; readonly commit: string; readonly signal: AbortSignal | undefined },
): Promise<CommitDescription> {
  const chunks: Buffer[] = [];
  let length = 0;
  const onOutput = (chunk: Buffer): void => {
    if (length < MAX_BYTES) chunks.push(chunk);
    length += chunk.length;
  };
  const args = ['--git-dir=.', 'cat-file', 'commit', read.commit];
  await git.read(args, { cwd: read.mirror, onOutput, signal: read.signal });
  return parseCommit(Buffer.concat(chunks).subarray(0, MAX_BYTES));
}

/** The description in `bytes`, a commit object as git stores it. What is not as it should be is left empty. */
function parseCommit(bytes: Uint8Array): CommitDescription {
  const text = new TextDecoder('utf-8').decode(bytes);
  const end = text.indexOf('\n\n');
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n');
  const message = end < 0 ? '' : text.slice(end).trimStart();
  return {
    subject: toLine(message.split(/\n[ \t\r]*\n/, 1)[0] ?? '', MAX_SUBJECT),
    author: authorOf(headers),
    committedAt: Number(/> (\d{1,12}) [+-]\d+$/.exec(headerOf(headers, 'committer'))?.[1] ?? 0),
    parents: headers.flatMap((line) => /^parent ([0-9a-f]{40,64})$/.exec(line)?.[1] ?? []),
  };
}

function authorOf(headers: readonly string[]): string {
  const [name = '', address = ''] = headerOf(headers, 'author').split('<', 2);
  const shown = toLine(name, MAX_AUTHOR);
  return shown === '' ? toLine(address.split('>', 1)[0] ?? '', MAX_AUTHOR) : shown;
}

function headerOf(headers: readonly string[], name: string): string {
  return headers.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
}

/** Cut by characters as people count them, so that none is cut in half. */
function toLine(text: string, max: number): string {
  const characters = Array.from(
    text
      .slice(0, 16 * max)
      .replace(UNWANTED, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return characters.length <= max ? characters.join('') : `${characters.slice(0, max - 1).join('')}…`;
}
