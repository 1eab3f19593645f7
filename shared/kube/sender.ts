/** @module Sends calls over the transport; a refusal becomes a KubeError, a warning reaches whoever listens. */
import { type Call, describeSubject } from './call.ts';
import type { HttpAnswer } from './exchange.ts';
import { redactText } from './redact-status.ts';
import { statusError } from './status-error.ts';
import type { OpenStream, Transport, TransportRequest } from './transport.ts';

/** One `Warning` header or several in one: code, agent and the quoted text. */
const WARNING = /\d{3} \S+ "((?:[^"\\]|\\.)*)"/g;

/** What the layers above need of a {@link Transport}. */
export class Sender {
  readonly transport: Transport;
  readonly #now: () => number;
  readonly #onWarning: ((text: string) => void) | undefined;

  constructor(transport: Transport, options: { now: () => number; onWarning?: ((text: string) => void) | undefined }) {
    this.transport = transport;
    this.#now = options.now;
    this.#onWarning = options.onWarning;
  }

  /** The answer, of a status below 300. Throws KubeError. */
  async send(call: Call, request: TransportRequest): Promise<HttpAnswer> {
    const answer = await this.transport.send(request);
    if (answer.status >= 300) throw statusError(call, answer, this.#now());
    const warning = answer.headers['warning'];
    if (warning !== undefined) this.#warn(call, warning);
    return answer;
  }

  /** The answer's stream. Throws KubeError. */
  async openStream(call: Call, request: TransportRequest): Promise<OpenStream> {
    const outcome = await this.transport.openStream(request);
    if (outcome.kind === 'stream') return outcome;
    throw statusError(call, outcome.answer, this.#now());
  }

  #warn(call: Call, header: string | string[]): void {
    if (this.#onWarning === undefined) return;
    for (const [, text = ''] of [header].flat().join(', ').matchAll(WARNING)) {
      const told = redactText(call, text.replace(/\\(.)/g, '$1'));
      if (told !== '') this.#onWarning(`${describeSubject(call)}: ${told}`);
    }
  }
}
