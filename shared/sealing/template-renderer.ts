/**
 * @module What unsealing asks of whoever renders Go templates. Rendering needs an engine and sealing does not, so the engine
 * comes from outside; shared/template has it.
 */
import type { SecretBytes } from '../errors/secret-bytes.ts';

/** The templates of one object. They are rendered together, each with all values. */
export interface TemplateRequest {
  /** By key of `spec.template.data`; only those with actions. */
  readonly templates: ReadonlyMap<string, string>;
  /** What templates can refer to: opened items, and texts of `spec.template.data`; for a key on both sides, the item. */
  readonly values: ReadonlyMap<string, Uint8Array>;
  /** 32 bytes. Everything that is random in the result follows from them. */
  readonly seed: Uint8Array;
  /** What the clock shows to templates. */
  readonly at: Date;
  /** What becomes of a value that is printed and not there: an error, or Go's `<no value>`. */
  readonly missing: 'error' | 'no-value';
}

/** Renders templates as sealed-secrets does. Equal requests give equal results. */
export interface TemplateRenderer {
  /**
   * What each template prints, by its key; the receiver wipes it after use.
   * @throws TemplateError with every template that fails and with no value; SealingError `TEMPLATE_ENGINE_*`, which says
   * nothing of templates and values.
   */
  render(request: TemplateRequest): Promise<ReadonlyMap<string, SecretBytes>>;
}
