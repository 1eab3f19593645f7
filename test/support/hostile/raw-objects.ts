/** @module Objects that git itself would not make: written byte for byte into a repository, or into a pack. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { deflateSync } from 'node:zlib';
import type { GitTestRepository } from '../git-repository.ts';

/** One entry of a raw tree. */
export interface RawEntry {
  readonly mode: string;
  readonly name: string | Uint8Array;
  readonly oid: string;
}

/** The bytes of a tree with exactly `entries`, in this order. */
export function rawTree(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat(
    entries.map(({ mode, name, oid }) =>
      Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(oid, 'hex')]),
    ),
  );
}

/** The id of an object. */
export function oidOf(type: string, content: Uint8Array): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** Writes an object, whatever is in it, and returns its id. */
export async function writeObject(
  repository: GitTestRepository,
  type: string,
  content: Uint8Array | string,
): Promise<string> {
  return pipeGit(repository, ['hash-object', '-t', type, '-w', '--literally', '--stdin'], content);
}

/** Points `main` at a commit of `tree`, and returns the commit's id. */
export async function commitTree(repository: GitTestRepository, tree: string): Promise<string> {
  return commitRaw(
    repository,
    `tree ${tree}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nraw\n`,
  );
}

/** Points `main` at the commit that `content` is. */
export async function commitRaw(repository: GitTestRepository, content: string | Uint8Array): Promise<string> {
  const commit = await writeObject(repository, 'commit', content);
  await repository.git('update-ref', 'refs/heads/main', commit);
  return commit;
}

/** Writes many objects at once. */
export async function writeObjects(repository: GitTestRepository, objects: readonly PackedObject[]): Promise<void> {
  await pipeGit(repository, ['unpack-objects', '-q'], packOf(objects));
}

async function pipeGit(
  repository: GitTestRepository,
  words: readonly string[],
  input: Uint8Array | string,
): Promise<string> {
  const child = spawn('git', ['-C', repository.folder, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number]>]);
  if (code !== 0) throw new Error(`git ${words.join(' ')} failed`);
  return said.trim();
}

/** An object of a pack; `size` is what its header claims. */
export interface PackedObject {
  readonly type: 'commit' | 'tree' | 'blob' | 'delta';
  readonly content: Uint8Array;
  /** Of a delta: the id of what it changes. */
  readonly base?: string;
  /** Default: the length of the content. */
  readonly size?: number;
  /** The content is deflated already; then `size` is needed. */
  readonly deflated?: Uint8Array;
}

const TYPES = { commit: 1, tree: 2, blob: 3, delta: 7 } as const;

/** A pack of `objects`, with the right checksum. */
export function packOf(objects: readonly PackedObject[]): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([head, ...objects.map(packedObject)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function packedObject({ type, content, base, size = content.length, deflated }: PackedObject): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((TYPES[type] << 4) | (size & 15) | (rest > 0 ? 0x80 : 0));
  while (rest > 0) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(low | (rest > 0 ? 0x80 : 0));
  }
  return Buffer.concat([Buffer.from(bytes), Buffer.from(base ?? '', 'hex'), deflated ?? deflateSync(content)]);
}

/** A delta that makes `copies` times the `length` first bytes of its base, which has `baseSize` bytes. */
export function copyingDelta(baseSize: number, length: number, copies: number): Buffer {
  const copy = Buffer.from([0x80 | 0x10 | 0x20 | 0x40, length & 255, (length >> 8) & 255, (length >> 16) & 255]);
  return Buffer.concat([
    deltaSize(baseSize),
    deltaSize(length * copies),
    ...Array.from({ length: copies }, () => copy),
  ]);
}

function deltaSize(size: number): Buffer {
  const bytes: number[] = [];
  let rest = size;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(low | (rest > 0 ? 0x80 : 0));
  } while (rest > 0);
  return Buffer.from(bytes);
}
