/**
 * @module Renders templates in worker threads, with limits on time, memory and output. What is slow, or shows itself to be, is
 * rendered in a thread of its own and waits for its like: it does not hold up the rest.
 */
import { createHash } from 'node:crypto';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { TemplateRenderer, TemplateRequest } from '../sealing/template-renderer.ts';
import { limitMemory } from './program-memory.ts';
import { brokenRun, failedTemplates } from './template-failure.ts';
import { webAssembly } from './web-assembly.ts';
import { decodeAnswer, decodeOutline, encodeRequest, templateOrder } from './wire-format.ts';
import { type LaneResult, type LaneTask, WorkerLane } from './worker-lane.ts';

/** What one object may use up. */
export interface TemplateLimits {
  /** Milliseconds for the templates of one object among all others; what takes longer begins again among the slow ones. */
  readonly tryMs: number;
  /** Milliseconds for the templates of one object, then. */
  readonly timeMs: number;
  /** The same for templates that make keys or hash passwords, which are slow from the start. */
  readonly slowTimeMs: number;
  /** Bytes that the program may grow to. */
  readonly memoryBytes: number;
  /** Bytes that all templates of one object may print. */
  readonly outputBytes: number;
  /** Objects that wait among the slow ones at once; more are refused with `TEMPLATE_ENGINE_BUSY`. */
  readonly maxWaitingSlow: number;
  /** Milliseconds without work after which threads and program are let go. */
  readonly idleMs: number;
}

/** What a renderer is made of. */
export interface WorkerRendererOptions {
  /** Brings the program; called when the first template with actions comes. @throws SealingError `TEMPLATE_ENGINE_MISSING`. */
  readonly loadProgram: () => Promise<Uint8Array>;
  /** Path of the worker's file. */
  readonly workerFile: string;
  readonly limits?: Partial<TemplateLimits>;
}

/** A renderer that holds threads. */
export interface WorkerRenderer extends TemplateRenderer {
  /** Ends what runs and refuses what comes. */
  close(): Promise<void>;
}

/**
 * The usual limits. Time: a fresh RSA-4096 key takes about 4 seconds, and several times that on a busy machine. Memory: scrypt, the greediest of sprig's functions, needs
 * 32 MiB. Output: the size limit of a Secret.
 */
const TEMPLATE_LIMITS: TemplateLimits = {
  tryMs: 1_000,
  timeMs: 10_000,
  slowTimeMs: 60_000,
  memoryBytes: 64 * 2 ** 20,
  outputBytes: 2 ** 20,
  maxWaitingSlow: Number.POSITIVE_INFINITY,
  idleMs: 30_000,
};

/** Sprig's functions that make keys or stretch passwords. */
const SLOW = /\b(?:gen(?:PrivateKey|CA|SelfSignedCert|SignedCert)(?:WithKey)?|bcrypt|htpasswd|derivePassword)\b/;

const MAX_KNOWN_SLOW = 1_000;

/** A renderer that starts nothing before it is needed. */
export function createWorkerRenderer(options: WorkerRendererOptions): WorkerRenderer {
  return new Renderer(options);
}

class Renderer implements WorkerRenderer {
  readonly #limits: TemplateLimits;
  readonly #quick: WorkerLane;
  readonly #slow: WorkerLane;
  /** Digests of requests that took too long for the quick lane: tried again, they do not hold it up once more. */
  readonly #knownSlow = new Set<string>();

  constructor({ loadProgram, workerFile, limits }: WorkerRendererOptions) {
    this.#limits = { ...TEMPLATE_LIMITS, ...limits };
    const { idleMs, memoryBytes, maxWaitingSlow } = this.#limits;
    const compile = async () => webAssembly.compile(limitMemory(await loadProgram(), memoryBytes));
    const shared = { workerFile, idleMs, loadProgram: shareWhileUsed(compile) };
    this.#quick = new WorkerLane({ ...shared, maxWaiting: Number.POSITIVE_INFINITY });
    this.#slow = new WorkerLane({ ...shared, maxWaiting: maxWaitingSlow });
  }

  async render(request: TemplateRequest): Promise<ReadonlyMap<string, SecretBytes>> {
    const keys = templateOrder(request);
    const result = await this.#run(request);
    const outline = decodeOutline(result.outline, keys);
    if (result.kind === 'broken') throw brokenRun(result, keys[result.index ?? -1], outline);
    const { outputs, failures } = decodeAnswer(result.output, keys);
    result.output.fill(0);
    if (failures.length === 0) return outputs;
    for (const output of outputs.values()) output.wipe();
    throw failedTemplates(failures, outline);
  }

  async #run(request: TemplateRequest): Promise<LaneResult> {
    const { tryMs, timeMs, slowTimeMs, outputBytes } = this.#limits;
    const { seed, at } = request;
    const task: LaneTask = { input: () => encodeRequest(request, outputBytes), seed, atMs: at.getTime() };
    if ([...request.templates.values()].some((template) => SLOW.test(template)))
      return this.#slow.run(task, slowTimeMs);
    const id = digestOf(request);
    if (this.#knownSlow.has(id)) return this.#slow.run(task, timeMs);
    const result = await this.#quick.run(task, tryMs);
    if (result.kind === 'answered' || result.cause !== 'time') return result;
    if (this.#knownSlow.size >= MAX_KNOWN_SLOW) this.#knownSlow.clear();
    this.#knownSlow.add(id);
    return this.#slow.run(task, timeMs);
  }

  async close(): Promise<void> {
    await Promise.all([this.#quick.close(), this.#slow.close()]);
  }
}

/** Of the templates, and of the seed, which in the controller is another one for each object and each of its versions. */
function digestOf(request: TemplateRequest): string {
  const hash = createHash('sha256').update(request.seed);
  for (const key of templateOrder(request)) hash.update(JSON.stringify([key, request.templates.get(key)]));
  return hash.digest('base64');
}

/** One compilation for whoever asks while it lasts; what came of it is held by those who use it, and by nobody else. */
function shareWhileUsed(compile: () => Promise<WebAssembly.Module>): () => Promise<WebAssembly.Module> {
  let held: WeakRef<WebAssembly.Module> | undefined;
  let pending: Promise<WebAssembly.Module> | null = null;
  return async () => {
    const known = held?.deref();
    if (known !== undefined) return known;
    pending ??= compile().finally(() => {
      pending = null;
    });
    const program = await pending;
    held = new WeakRef(program);
    return program;
  };
}
