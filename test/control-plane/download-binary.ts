/**
 * @module Downloads one program of a release and lets it become executable only when it equals the published
 * checksum. Knows nothing of which programs there are; that is pinned-versions.ts.
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describeError } from '../../shared/errors/describe-error.ts';
import { ControlPlaneError } from './errors.ts';
import { publishExecutable } from './part-file.ts';
import type { ReleaseFile } from './pinned-versions.ts';

/** How long the network may keep us waiting. */
export interface DownloadDeadlines {
  /** Until the head of an answer is there; short, so that a black hole does not delay the build from source. */
  readonly firstByteMs: number;
  /** Between two pieces of a body. */
  readonly idleMs: number;
}

/** What is used outside of tests. */
export const DOWNLOAD_DEADLINES: DownloadDeadlines = { firstByteMs: 5_000, idleMs: 20_000 };

const MAX_CHECKSUM_BYTES = 64 * 1024;
const MAX_PROGRAM_BYTES = 512 * 1024 * 1024;

/**
 * Puts the program that `file` describes at `target`. On any failure nothing stays in the folder of `target`.
 * @throws ControlPlaneError `CONTROL_PLANE_DOWNLOAD_FAILED` or `CONTROL_PLANE_CHECKSUM_MISMATCH`.
 */
export async function downloadBinary(
  file: ReleaseFile,
  target: string,
  deadlines: DownloadDeadlines = DOWNLOAD_DEADLINES,
): Promise<void> {
  const expected = await readPublishedChecksum(file, deadlines);
  await publishExecutable(target, async (partPath) => {
    const actual = await downloadTo(file, partPath, deadlines);
    if (actual !== expected) {
      throw new ControlPlaneError(
        'CONTROL_PLANE_CHECKSUM_MISMATCH',
        `cannot use "${file.url}": its ${file.algorithm} is not the published one`,
        { hint: 'somebody changed the file on its way, or the release site is broken' },
      );
    }
    if (file.archiveMember !== undefined) await replaceByMember(partPath, file.archiveMember);
  });
}

async function readPublishedChecksum(file: ReleaseFile, deadlines: DownloadDeadlines): Promise<string> {
  const chunks: Uint8Array[] = [];
  await readBody(file.checksumUrl, { ...deadlines, maxBytes: MAX_CHECKSUM_BYTES }, async (chunk) => {
    chunks.push(chunk);
  });
  const digest = pickChecksum(Buffer.concat(chunks).toString('utf8'), path.posix.basename(file.url));
  if (digest?.length === createHash(file.algorithm).digest('hex').length) return digest;
  throw new ControlPlaneError(
    'CONTROL_PLANE_DOWNLOAD_FAILED',
    `cannot read "${file.checksumUrl}": it holds no ${file.algorithm} of "${path.posix.basename(file.url)}"`,
  );
}

/** Both published forms: a lone digest, or lines of digest and file name. */
function pickChecksum(text: string, fileName: string): string | undefined {
  for (const line of text.split('\n')) {
    const [digest = '', name = fileName] = line.trim().split(/\s+\*?/);
    if (name === fileName && /^[0-9a-f]+$/i.test(digest)) return digest.toLowerCase();
  }
  return undefined;
}

/** Returns the digest of the bytes as they arrived, so that a file changed on disk meanwhile proves nothing. */
async function downloadTo(file: ReleaseFile, partPath: string, deadlines: DownloadDeadlines): Promise<string> {
  const hash = createHash(file.algorithm);
  const output: FileHandle = await open(partPath, 'wx', 0o600);
  try {
    await readBody(file.url, { ...deadlines, maxBytes: MAX_PROGRAM_BYTES }, async (chunk) => {
      hash.update(chunk);
      await output.writeFile(chunk);
    });
  } finally {
    await output.close();
  }
  return hash.digest('hex');
}

async function readBody(
  url: string,
  limits: DownloadDeadlines & { readonly maxBytes: number },
  use: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  const expire = (ms: number): NodeJS.Timeout =>
    setTimeout(() => abort.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  let timer = expire(limits.firstByteMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    assertUsable(url, response);
    let received = 0;
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      received += chunk.byteLength;
      if (received > limits.maxBytes) throw new Error(`it is larger than ${limits.maxBytes} bytes`);
      await use(chunk);
      timer = expire(limits.idleMs);
    }
  } catch (error) {
    abort.abort();
    throw new ControlPlaneError('CONTROL_PLANE_DOWNLOAD_FAILED', `cannot download "${url}"`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function assertUsable(url: string, response: Response): void {
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (url.startsWith('https:') && !response.url.startsWith('https:')) {
    throw new Error('the server redirected to an address without TLS');
  }
}

async function replaceByMember(archive: string, member: string): Promise<void> {
  const program = path.join(path.dirname(archive), `.${randomUUID()}.part`);
  try {
    const output = await open(program, 'wx', 0o600);
    try {
      const { stdout } = await promisify(execFile)('tar', ['-xzOf', archive, '--', member], {
        encoding: 'buffer',
        maxBuffer: MAX_PROGRAM_BYTES,
      });
      await output.writeFile(stdout);
    } finally {
      await output.close();
    }
    await rename(program, archive);
  } catch (error) {
    await rm(program, { force: true });
    throw new ControlPlaneError(
      'CONTROL_PLANE_DOWNLOAD_FAILED',
      `cannot take "${member}" out of the archive: ${describeError(error)}`,
    );
  }
}
