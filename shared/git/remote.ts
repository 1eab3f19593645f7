/** @module The far end: asking it for references and fetching from it into a mirror. Credentials are within reach only during a call. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { GitError } from './errors.ts';
import type { GitCredentials } from './git-credentials.ts';
import type { GitSetting } from './git-environment.ts';
import { toGitError } from './git-failure.ts';
import type { GitLimits } from './git-limits.ts';
import type { GitRunner } from './git-runner.ts';
import { createRedactor, type Redact } from './redact.ts';
import { listSecretForms, type RemoteAccess, withRemoteAccess } from './remote-access.ts';
import type { RepositoryUrl } from './repository-url.ts';
import type { ProgramOutcome } from './run-program.ts';
import { guardTransfer } from './transfer-guard.ts';

/** What one fetch asks for. */
export interface FetchRequest {
  readonly mirror: string;
  /** Refspecs; or object ids, with `objectsOnly`. */
  readonly wants: readonly string[];
  /** Just these objects: what the mirror has is not told to the server, which would leave out what it believes to be there. */
  readonly objectsOnly?: boolean;
  /** `none`: the commits themselves without ancestors. `whole`: all of them, also behind an earlier cut. A number: as many generations. Default: up to what is there. */
  readonly history?: 'none' | 'whole' | number;
  /** Without the contents of files, as far as the server can. */
  readonly withoutBlobs?: boolean;
  /** Without folders and files, as far as the server can: never into a mirror from which files are read. */
  readonly commitsOnly?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** `refused`: the server does not serve objects by their id. `absent`: it has no such object or reference. */
export type FetchResult = 'done' | 'refused' | 'absent';

/** What a remote is made of. */
export interface RemoteDependencies {
  readonly url: RepositoryUrl;
  readonly credentials: GitCredentials;
  readonly git: GitRunner;
  readonly cacheDirectory: string;
  readonly limits: Pick<GitLimits, 'maxTransferBytes' | 'maxCommitTransferBytes'>;
}

const MAX_REFERENCES_BYTES = 1024 * 1024;
/** About a hundred thousand tags. */
const MAX_TAGS_BYTES = 16 * 1024 * 1024;
/** Git holds all references that a server tells before it prints those that were asked for. */
const MAX_LISTING_MEMORY_BYTES = 128 * 1024 * 1024;
const FETCH = ['--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules', '--quiet'];

/** One remote repository. */
export class Remote {
  readonly #dependencies: RemoteDependencies;
  readonly #redact: Redact;

  constructor(dependencies: RemoteDependencies) {
    this.#dependencies = dependencies;
    this.#redact = createRedactor(listSecretForms(dependencies.credentials));
  }

  /** The lines of `git ls-remote --symref` for exactly `names` and what ends in them. @throws GitError */
  async listReferences(names: readonly string[], signal?: AbortSignal): Promise<string> {
    return this.#list(['--symref', '--quiet', '--', 'origin', ...names], MAX_REFERENCES_BYTES, signal);
  }

  /** The lines of `git ls-remote` for all tags, with what annotated ones lead to. @throws GitError */
  async listTags(signal?: AbortSignal): Promise<string> {
    return this.#list(['--tags', '--quiet', '--', 'origin'], MAX_TAGS_BYTES, signal);
  }

  async #list(args: readonly string[], maxOutputBytes: number, signal: AbortSignal | undefined): Promise<string> {
    const { cacheDirectory } = this.#dependencies;
    await mkdir(cacheDirectory, { recursive: true, mode: 0o700 });
    const outcome = await this.#run(['ls-remote', ...args], {
      cwd: cacheDirectory,
      settings: [],
      signal,
      maxOutputBytes,
      maxMemoryBytes: MAX_LISTING_MEMORY_BYTES,
    });
    if (outcome.exitCode !== 0) throw this.#failure('list the references of', outcome);
    return outcome.stdout.toString('utf8');
  }

  /** Fetches into the mirror. @throws GitError for every failure that is not one of {@link FetchResult} */
  async fetch(request: FetchRequest): Promise<FetchResult> {
    const { mirror, wants, signal } = request;
    // The mirror is a promisor's for the time of a fetch only, by settings of the run: reading from it later can then never
    // start another fetch behind our back, object by object.
    const settings: GitSetting[] = [
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialclonefilter', 'blob:none'],
      ...(request.objectsOnly === true ? [['fetch.negotiationAlgorithm', 'noop'] as const] : []),
    ];
    // Wants go through stdin: thousands of them do not fit into arguments.
    const args = ['--git-dir=.', 'fetch', ...FETCH, filterOf(request), ...depthOf(request), '--stdin', '--', 'origin'];
    const stdin = wants.map((want) => `${want}\n`).join('');
    const run = (limited: AbortSignal): Promise<ProgramOutcome> =>
      this.#run(args, { cwd: mirror, settings, signal: limited, stdin });
    return this.#toResult(await guardTransfer(mirror, this.#maxBytesOf(request), run, signal));
  }

  #maxBytesOf({ history, objectsOnly }: FetchRequest): number {
    const { maxTransferBytes, maxCommitTransferBytes } = this.#dependencies.limits;
    return history === 'none' || objectsOnly === true
      ? Math.min(maxTransferBytes, maxCommitTransferBytes)
      : maxTransferBytes;
  }

  #toResult(outcome: ProgramOutcome): FetchResult {
    if (outcome.exitCode === 0) return 'done';
    if (/does not allow request for unadvertised object|want [0-9a-f]+ not valid/i.test(outcome.stderr))
      return 'refused';
    if (/not our ref|couldn't find remote ref/i.test(outcome.stderr)) return 'absent';
    throw this.#failure('fetch', outcome);
  }

  #run(
    args: readonly string[],
    options: {
      cwd: string;
      settings: readonly GitSetting[];
      stdin?: string;
      maxOutputBytes?: number;
      maxMemoryBytes?: number;
      signal?: AbortSignal | undefined;
    },
  ): Promise<ProgramOutcome> {
    const { url, credentials, git, cacheDirectory } = this.#dependencies;
    const { settings, ...rest } = options;
    const use = (access: RemoteAccess): Promise<ProgramOutcome> => {
      const all: GitSetting[] = [['remote.origin.url', url.address], ...settings, ...access.settings];
      return git.run(args, { ...rest, remote: { transport: url.transport, access: { ...access, settings: all } } });
    };
    return withRemoteAccess(url, credentials, path.join(cacheDirectory, 'private'), use);
  }

  #failure(action: string, outcome: ProgramOutcome): GitError {
    const { address, transport } = this.#dependencies.url;
    return toGitError(outcome.stderr, { action, url: address, isSsh: transport === 'ssh', redact: this.#redact });
  }
}

function filterOf({ commitsOnly, withoutBlobs, objectsOnly }: FetchRequest): string {
  if (commitsOnly === true) return '--filter=tree:0';
  return withoutBlobs === true || objectsOnly === true ? '--filter=blob:none' : '--no-filter';
}

/** The largest depth is how git spells "no cut": unlike `--unshallow`, it is accepted by a mirror that has none. */
function depthOf({ history }: FetchRequest): string[] {
  if (history === undefined) return [];
  if (history === 'whole') return ['--depth=2147483647'];
  return [`--depth=${history === 'none' ? 1 : history}`];
}
