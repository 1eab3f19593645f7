/**
 * @module One HTTP request and its answer over a given agent, within a deadline and a size. It never throws: what did not
 * work is told with what a retry needs to know. Which requests are worth a second try is the transport's part.
 */
import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { readBody } from './read-body.ts';

/** Where requests go: the address's parts, and the sockets to use. */
export interface ExchangeTarget {
  readonly secure: boolean;
  readonly options: RequestOptions;
}

/** One request, complete. */
export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string | readonly string[]>;
  readonly body?: string | Uint8Array | undefined;
  /** Until the whole answer is there; for a stream until its headers are. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer of any status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Why there is no answer. `connected` and `answering` tell how far it came. */
export interface ExchangeFailure {
  readonly cause: 'network' | 'deadline' | 'too-large' | 'aborted';
  readonly error?: unknown;
  /** The request went out on a connection that had served another one before. */
  readonly reusedSocket: boolean;
  readonly connected: boolean;
  readonly answering: boolean;
}

/** How an exchange ended. */
export type ExchangeOutcome =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  | { readonly kind: 'stream'; readonly response: IncomingMessage; readonly abort: () => void }
  | { readonly kind: 'failure'; readonly failure: ExchangeFailure };

/**
 * Sends `request` and collects the answer. With `stream`, an answer of status 200 is handed over unread, as `stream`: the
 * deadline ends with its headers and the caller aborts it.
 */
export function exchange(target: ExchangeTarget, request: ExchangeRequest, stream = false): Promise<ExchangeOutcome> {
  return new Promise((resolve) => new RunningExchange(target, request, stream, resolve).start());
}

class RunningExchange {
  readonly #request: ExchangeRequest;
  readonly #stream: boolean;
  readonly #resolve: (outcome: ExchangeOutcome) => void;
  readonly #outgoing: ClientRequest;
  #timer: NodeJS.Timeout | undefined;
  #connected = false;
  #answering = false;
  #isDone = false;

  constructor(
    target: ExchangeTarget,
    request: ExchangeRequest,
    stream: boolean,
    resolve: (outcome: ExchangeOutcome) => void,
  ) {
    this.#request = request;
    this.#stream = stream;
    this.#resolve = resolve;
    const send = target.secure ? requestHttps : requestHttp;
    const headers = completeHeaders(request) as RequestOptions['headers'];
    this.#outgoing = send({ ...target.options, method: request.method, path: request.path, headers });
  }

  start(): void {
    const outgoing = this.#outgoing;
    outgoing.on('error', (error) => this.#fail('network', error));
    outgoing.on('response', (response) => this.#receive(response));
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) this.#connected = true;
      else socket.once(this.#outgoing.protocol === 'https:' ? 'secureConnect' : 'connect', this.#markConnected);
    });
    this.#timer = setTimeout(() => this.#fail('deadline'), this.#request.timeoutMs);
    const signal = this.#request.signal;
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
    else outgoing.end(this.#request.body);
  }

  readonly #abort = (): void => this.#fail('aborted');

  readonly #markConnected = (): void => {
    this.#connected = true;
  };

  #receive(response: IncomingMessage): void {
    this.#answering = true;
    if (this.#stream && response.statusCode === 200) {
      this.#finish({ kind: 'stream', response, abort: () => this.#outgoing.destroy() });
      return;
    }
    readBody(response, this.#request.maxBytes, (result) => {
      if (result.kind === 'failure') return this.#fail(result.cause, result.error);
      const { statusCode = 0, headers } = response;
      this.#finish({ kind: 'answer', answer: { status: statusCode, headers, body: result.body } });
    });
  }

  #fail(cause: ExchangeFailure['cause'], error?: unknown): void {
    if (this.#isDone) return;
    const { reusedSocket } = this.#outgoing;
    const failure = { cause, error, reusedSocket, connected: this.#connected, answering: this.#answering };
    this.#finish({ kind: 'failure', failure });
    this.#outgoing.destroy();
  }

  #finish(outcome: ExchangeOutcome): void {
    if (this.#isDone) return;
    this.#isDone = true;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#abort);
    this.#resolve(outcome);
  }
}

/**
 * Node sends a DELETE's body without its length unless it is stated; the server then reads the body as the next request
 * and deletes without its preconditions.
 */
function completeHeaders({ headers, body }: ExchangeRequest): ExchangeRequest['headers'] {
  return body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) };
}
