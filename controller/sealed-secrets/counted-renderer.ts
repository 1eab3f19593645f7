/** @module A template renderer that knows how many objects it keeps waiting, so that nobody else has to wait for them. */
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { TemplateRenderer, TemplateRequest } from '../../shared/sealing/template-renderer.ts';

/** A renderer that can be ended. */
export interface ClosableRenderer extends TemplateRenderer {
  close(): Promise<void>;
}

/** Renders as `inner` does, and counts. */
export class CountedRenderer implements ClosableRenderer {
  readonly #inner: ClosableRenderer;
  #pending = 0;

  constructor(inner: ClosableRenderer) {
    this.#inner = inner;
  }

  /** How many objects are being rendered or wait for it. */
  get pending(): number {
    return this.#pending;
  }

  async render(request: TemplateRequest): Promise<ReadonlyMap<string, SecretBytes>> {
    this.#pending += 1;
    try {
      return await this.#inner.render(request);
    } finally {
      this.#pending -= 1;
    }
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
