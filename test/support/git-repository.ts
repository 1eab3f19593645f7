/** @module Throwaway Git repositories for tests. Commits are made by git itself, from a stream, so that thousands of files take a moment. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';

/** What a path of a commit becomes: a file, a symbolic link, a submodule; null removes it. */
export type FileContent = string | Uint8Array | { readonly linkTo: string } | { readonly submodule: string } | null;

/** How {@link GitTestRepository.commit} commits. */
export interface CommitOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** True starts a history of its own on the branch, as a force-push does. */
  readonly isOrphan?: boolean;
  /** Files whose names are no text; their paths are written as they are. */
  readonly rawNames?: readonly (readonly [Uint8Array, string])[];
}

/** How a repository is made. */
export interface GitTestRepositoryOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Whether the server honours partial clones; default true. */
  readonly allowFilter?: boolean;
}

const ENVIRONMENT = {
  PATH: process.env['PATH'],
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

/** The files of `tree` as texts, by path. */
export function contentsOf(tree: FileTree): Record<string, string> {
  return Object.fromEntries(tree.files.map((file) => [file.path, new TextDecoder().decode(file.bytes)]));
}

/** A temporary folder that goes away with `await using`. */
export async function makeTemporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-git-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Makes an empty bare repository at `folder`. */
export async function createGitRepository(
  folder: string,
  options: GitTestRepositoryOptions = {},
): Promise<GitTestRepository> {
  const format = `--object-format=${options.objectFormat ?? 'sha1'}`;
  const run = promisify(execFile);
  await run('git', ['init', '--quiet', '--bare', format, '--initial-branch=main', folder], { env: ENVIRONMENT });
  const repository = new GitTestRepository(folder);
  await repository.git('config', 'uploadpack.allowFilter', String(options.allowFilter ?? true));
  return repository;
}

/** A bare repository that tests write to. */
export class GitTestRepository {
  readonly folder: string;
  #clock = 1_700_000_000;

  /** `folder` is a bare repository that exists. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Its address for the file transport. */
  get url(): string {
    return pathToFileURL(this.folder).href;
  }

  /** Output of a git command in this repository, trimmed. */
  async git(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('git', ['-C', this.folder, ...args], { env: ENVIRONMENT });
    return stdout.trim();
  }

  /** Commits `files` on top of the branch, whose other files stay, and returns the commit's id. */
  async commit(files: Readonly<Record<string, FileContent>>, options: CommitOptions = {}): Promise<string> {
    const ref = `refs/heads/${options.branch ?? 'main'}`;
    const parent = options.isOrphan === true ? null : await this.#tip(ref);
    this.#clock += 1;
    const head = [
      ...(parent === null ? [`reset ${ref}`] : []),
      `commit ${ref}`,
      `committer Test <test@example.com> ${this.#clock} +0000`,
      'data 6',
      'change',
      ...(parent === null ? [] : [`from ${parent}`]),
    ];
    const parts: Uint8Array[] = [Buffer.from(`${head.join('\n')}\n`)];
    for (const [name, content] of Object.entries(files)) parts.push(...toCommands(Buffer.from(name), content));
    for (const [name, content] of options.rawNames ?? []) parts.push(...toCommands(name, content));
    await this.#import(Buffer.concat(parts));
    return this.git('rev-parse', ref);
  }

  /** Makes, or moves, a tag; an annotated one is an object of its own. */
  async tag(name: string, commit: string, options: { readonly isAnnotated?: boolean } = {}): Promise<void> {
    await this.git('tag', '--force', ...(options.isAnnotated === true ? ['-a', '-m', name] : []), name, commit);
  }

  /** Makes, or moves, a branch. */
  async branch(name: string, commit: string): Promise<void> {
    await this.git('update-ref', `refs/heads/${name}`, commit);
  }

  async deleteBranch(name: string): Promise<void> {
    await this.git('update-ref', '-d', `refs/heads/${name}`);
  }

  async #tip(ref: string): Promise<string | null> {
    return this.git('rev-parse', '--verify', '--quiet', ref).catch(() => null);
  }

  async #import(stream: Uint8Array): Promise<void> {
    const child = spawn('git', ['-C', this.folder, 'fast-import', '--quiet', '--force'], {
      env: ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stream);
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number]>]);
    if (code !== 0) throw new Error(`git fast-import failed: ${said}`);
  }
}

function toCommands(name: Uint8Array, content: FileContent): Uint8Array[] {
  const path = quotePath(name);
  if (content === null) return [Buffer.from(`D ${path}\n`)];
  if (typeof content === 'object' && 'submodule' in content)
    return [Buffer.from(`M 160000 ${content.submodule} ${path}\n`)];
  const isLink = typeof content === 'object' && 'linkTo' in content;
  const bytes = Buffer.from(isLink ? content.linkTo : content);
  return [
    Buffer.from(`M ${isLink ? '120000' : '100644'} inline ${path}\ndata ${bytes.length}\n`),
    bytes,
    Buffer.from('\n'),
  ];
}

/** In C's quotes, every unusual byte as an octal escape. */
function quotePath(name: Uint8Array): string {
  const isPlain = (byte: number): boolean => byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const escaped = Array.from(name, (byte) =>
    isPlain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${escaped.join('')}"`;
}
