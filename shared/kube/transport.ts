/**
 * @module Sends requests to one API server: credentials, connections, deadlines, retries. It knows HTTP and nothing of
 * objects; any status is an answer, and only a missing answer is thrown.
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isLoopback } from '../encoding/loopback.ts';
import type { ClusterConnection, Credentials } from './connection.ts';
import { ConnectionPool } from './connection-pool.ts';
import { KubeError } from './errors.ts';
import {
  type ExchangeFailure,
  type ExchangeOutcome,
  type ExchangeRequest,
  exchange,
  type HttpAnswer,
} from './exchange.ts';
import { RequestSlots } from './request-slots.ts';
import { type Replay, RetryBudget } from './retry.ts';
import { unreachableError } from './unreachable.ts';

/** One request as the layers above state it. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query; starts with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  readonly replay: Replay;
  /** Refusals (429, 503) are an answer, too, and not tried again. */
  readonly takesRefusals?: boolean | undefined;
  /** Default 8 MiB. */
  readonly maxBytes?: number | undefined;
  /** Default: the transport's. */
  readonly timeoutMs?: number | undefined;
  /** The answer may be large: accept it compressed where that pays. */
  readonly large?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer that goes on: its lines arrive as they happen. */
export interface OpenStream {
  readonly kind: 'stream';
  readonly response: IncomingMessage;
  /** Cuts the connection. */
  readonly abort: () => void;
}

/** Every field has a default. */
export interface TransportOptions {
  /** Requests under way at once, watches aside; default 16. */
  readonly maxSockets?: number;
  /** Deadline of one request; default 40 s. */
  readonly requestTimeoutMs?: number;
  /** Default `signet`. */
  readonly userAgent?: string;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
  /** From 0 to below 1; default `Math.random`. */
  readonly random?: () => number;
}

type Answered = Exclude<ExchangeOutcome, { kind: 'failure' }>;

/** API servers store objects of 1.5 MiB, and take requests of 3. Who a kubeconfig leads to may not be one. */
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
/** API servers give up on a write after 34 s, 30 of which a webhook may take: what they say of it tells more than our own deadline. */
const DEFAULT_TIMEOUT_MS = 40_000;

/** The connections to one API server. */
export class Transport {
  readonly connection: ClusterConnection;
  readonly #pool: ConnectionPool;
  readonly #slots: RequestSlots;
  readonly #pathPrefix: string;
  readonly #compress: boolean;
  readonly #timeoutMs: number;
  readonly #userAgent: string;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #closed = new AbortController();
  #sent = 0;

  constructor(connection: ClusterConnection, options: TransportOptions = {}) {
    const { maxSockets = 16, requestTimeoutMs = DEFAULT_TIMEOUT_MS, userAgent = 'signet' } = options;
    const url = new URL(connection.server);
    this.connection = connection;
    this.#pool = new ConnectionPool(connection, maxSockets);
    this.#slots = new RequestSlots(maxSockets);
    this.#pathPrefix = url.pathname.replace(/\/+$/, '');
    this.#compress = connection.disableCompression !== true && !isLoopback(url.hostname);
    this.#timeoutMs = requestTimeoutMs;
    this.#userAgent = userAgent;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** Number of requests that went out, repeats and streams included. */
  get requestCount(): number {
    return this.#sent;
  }

  /**
   * The answer to `request`, of whatever status, after the retries that its `replay` allows. Throws KubeError when there is
   * none, and the signal's reason when it was aborted.
   */
  async send(request: TransportRequest): Promise<HttpAnswer> {
    const outcome = await this.#sendAsIdentity(request, false);
    if (outcome.kind !== 'answer') throw new TypeError('only a stream request can be answered by a stream');
    return outcome.answer;
  }

  /** Like {@link Transport.send}, but a 200 is handed over as soon as its headers are there. Takes none of the request slots. */
  async openStream(request: TransportRequest): Promise<OpenStream | { kind: 'answer'; answer: HttpAnswer }> {
    return this.#sendAsIdentity(request, true);
  }

  /** Ends every connection; running requests fail and later ones are refused. */
  close(): void {
    this.#closed.abort();
    this.#pool.close();
  }

  /** A refused identity gets one more try, if by then it has other credentials to show. */
  async #sendAsIdentity(request: TransportRequest, stream: boolean): Promise<Answered> {
    const credentials = await this.connection.credentials();
    const outcome = await this.#sendUntilItStands(request, credentials, stream);
    if (outcome.kind === 'stream' || outcome.answer.status !== 401) return outcome;
    const renewed = await this.connection.credentials({ renew: true });
    return sameCredentials(renewed, credentials) ? outcome : this.#sendUntilItStands(request, renewed, stream);
  }

  async #sendUntilItStands(request: TransportRequest, credentials: Credentials, stream: boolean): Promise<Answered> {
    const budget = new RetryBudget(request.replay, this.#random);
    for (;;) {
      const outcome = await this.#sendOnce(request, credentials, stream);
      if (outcome.kind === 'stream') return outcome;
      const waitMs = this.#waitAfter(outcome, budget, request);
      if (waitMs === null) {
        if (outcome.kind === 'answer') return outcome;
        throw this.#errorOf(outcome.failure, request);
      }
      await this.#wait(waitMs, request.signal);
    }
  }

  #waitAfter(
    outcome: Exclude<ExchangeOutcome, { kind: 'stream' }>,
    budget: RetryBudget,
    request: TransportRequest,
  ): number | null {
    if (outcome.kind === 'answer') {
      return request.takesRefusals === true ? null : budget.afterAnswer(outcome.answer, this.#now());
    }
    const { failure } = outcome;
    // Where one connection was cut or fell silent, the idle ones are most likely dead, too.
    if (failure.cause === 'network' || failure.cause === 'deadline') this.#pool.dropIdle();
    return budget.afterFailure(failure);
  }

  async #sendOnce(request: TransportRequest, credentials: Credentials, stream: boolean): Promise<ExchangeOutcome> {
    this.#assertOpen();
    if (!stream) await this.#slots.take();
    try {
      this.#assertOpen();
      const sockets = this.#pool.socketsFor(credentials);
      this.#sent += 1;
      return await exchange(stream ? sockets.watches : sockets.requests, this.#complete(request, credentials), stream);
    } finally {
      if (!stream) this.#slots.release();
    }
  }

  #complete(request: TransportRequest, credentials: Credentials): ExchangeRequest {
    const headers: Record<string, string | readonly string[]> = {
      'user-agent': this.#userAgent,
      ...request.headers,
      ...credentials.headers,
    };
    if (request.large === true && this.#compress) headers['accept-encoding'] = 'gzip';
    return {
      method: request.method,
      path: this.#pathPrefix + request.path,
      headers,
      body: request.body,
      timeoutMs: request.timeoutMs ?? this.#timeoutMs,
      maxBytes: request.maxBytes ?? DEFAULT_MAX_BYTES,
      signal: request.signal,
    };
  }

  async #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const signals = signal ? [signal, this.#closed.signal] : [this.#closed.signal];
    await delay(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
    signal?.throwIfAborted();
  }

  #errorOf(failure: ExchangeFailure, request: TransportRequest): unknown {
    if (failure.cause === 'aborted') return request.signal?.reason;
    return this.#closed.signal.aborted ? this.#closedError() : unreachableError(this.connection, failure);
  }

  #assertOpen(): void {
    if (this.#closed.signal.aborted) throw this.#closedError();
  }

  #closedError(): KubeError {
    return new KubeError(
      'KUBE_UNREACHABLE',
      `cannot reach the API server ${this.connection.server}: the client is closed`,
    );
  }
}

function sameCredentials(a: Credentials, b: Credentials): boolean {
  return (
    a.clientCertPem === b.clientCertPem &&
    a.clientKeyPem === b.clientKeyPem &&
    JSON.stringify(a.headers) === JSON.stringify(b.headers)
  );
}
