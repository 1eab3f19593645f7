/**
 * @module The renderer of this installation. A bundle has program and worker beside itself; in a checkout the program is built
 * with Go when the first template needs it, and kept in the user's cache folder under the digest of its source.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SealingError } from '../sealing/errors.ts';
import { buildProgram } from './build-program.ts';
import { createWorkerRenderer, type TemplateLimits, type WorkerRenderer } from './worker-renderer.ts';

/** Name of the gzipped program beside a bundle. */
export const PROGRAM_FILE = 'template-program.wasm.gz';
/** Name of the worker beside a bundle, without its ending. */
export const WORKER_ENTRY = 'template-worker';

/** What the world gives to the engine. */
export interface EngineOptions {
  /** The variables of the process; used in a checkout only, to find Go and the cache folder. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<TemplateLimits>;
}

const MAX_PROGRAM_BYTES = 2 ** 25;
const SOURCE_FOLDER = path.join(import.meta.dirname, 'go');
const IS_CHECKOUT = import.meta.filename.endsWith('.ts');

/** A renderer that brings what it needs when the first template comes. */
export function createInstalledRenderer({ variables, limits }: EngineOptions): WorkerRenderer {
  const file = IS_CHECKOUT ? 'worker.ts' : `${WORKER_ENTRY}.cjs`;
  return createWorkerRenderer({
    loadProgram: () => loadProgram(variables),
    workerFile: path.join(import.meta.dirname, file),
    ...(limits && { limits }),
  });
}

/** The program, unpacked. @throws SealingError `TEMPLATE_ENGINE_MISSING` */
export async function loadProgram(variables: EngineOptions['variables']): Promise<Uint8Array> {
  const file = IS_CHECKOUT ? await builtProgram(variables) : path.join(import.meta.dirname, PROGRAM_FILE);
  try {
    const packed = await readFile(file);
    // In one piece: several would be in memory twice while they are put together.
    return await promisify(gunzip)(packed, { chunkSize: unpackedBytes(packed) + 1 });
  } catch (error) {
    throw missing(error);
  }
}

/** As the last four bytes of a gzip file tell, within reason. */
function unpackedBytes(packed: Buffer): number {
  const told = packed.length < Uint32Array.BYTES_PER_ELEMENT ? 0 : packed.readUInt32LE(packed.length - 4);
  return Math.min(Math.max(told, 2 ** 16), MAX_PROGRAM_BYTES);
}

async function builtProgram(variables: EngineOptions['variables']): Promise<string> {
  const cache = variables['XDG_CACHE_HOME'] || path.join(variables['HOME'] || homedir(), '.cache');
  const target = path.join(cache, 'signet', 'template', await sourceDigest(), PROGRAM_FILE);
  if (await stat(target).catch(() => null)) return target;
  await buildProgram({ sourceFolder: SOURCE_FOLDER, target, variables }).catch((error: unknown) => {
    throw missing(error);
  });
  return target;
}

async function sourceDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(SOURCE_FOLDER)).sort()) {
    hash
      .update(`${name}\0`)
      .update(await readFile(path.join(SOURCE_FOLDER, name)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function missing(cause: unknown): SealingError {
  return new SealingError(
    'TEMPLATE_ENGINE_MISSING',
    'cannot render templates: this installation has no template engine',
    {
      cause,
      hint: IS_CHECKOUT
        ? 'install Go 1.26 or newer, with which a checkout builds the engine on first need'
        : `put "${PROGRAM_FILE}" beside the program: a build makes it where Go is installed`,
    },
  );
}
