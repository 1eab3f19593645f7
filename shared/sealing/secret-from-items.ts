/** @module Builds the Secret that a SealedSecret asks for, out of its opened items and its template. */
import { encodeBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/bytes.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import { TEMPLATE_MISSING_ALLOW, TEMPLATE_MISSING_ANNOTATION } from '../resources/names.ts';
import { annotationOf, type ObjectMeta } from '../resources/object-meta.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import type { Secret } from '../resources/secret.ts';
import { SealingError } from './errors.ts';
import { withoutReceipt } from './receipt.ts';
import { placeOf, type SealedPlace } from './scope.ts';
import { type CheckedTemplate, hasActions, readTemplate } from './secret-template.ts';
import type { TemplateRenderer, TemplateRequest } from './template-renderer.ts';
import { hasWholeSecret } from './whole-secret.ts';

/** How templates are rendered. */
export interface Rendering extends Pick<TemplateRequest, 'seed' | 'at'> {
  readonly renderer: TemplateRenderer;
}

/** How a Secret is built. */
export interface SecretOptions {
  /** Absent: a template with actions is refused. */
  readonly rendering?: Rendering;
  /** What was found inside of the deprecated form; it takes the place of the SealedSecret's own template. */
  readonly whole?: CheckedTemplate;
}

type Items = ReadonlyMap<string, SecretBytes>;

/**
 * The Secret that `sealed` asks for, made of its opened `items`, which stay as they are. Name and namespace are the
 * SealedSecret's, all else is the template's. For a key on both sides the sealed item wins over the text of the template, also
 * as a value that templates refer to; null in the template removes the key, whose item templates can still refer to.
 * @throws SealingError `TEMPLATE_*`.
 */
export async function secretFromItems(
  sealed: SealedSecret,
  items: Items,
  { rendering, whole }: SecretOptions = {},
): Promise<Secret> {
  const template = whole ?? readTemplate(sealed);
  const { type, immutable } = template;
  const templates = templatesToRender(template, items);
  const rendered = templates.size === 0 ? new Map() : await render(sealed, { template, templates, items, rendering });
  try {
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secretMetadata(placeOf(sealed), template),
      ...(type !== undefined && { type }),
      ...(immutable !== undefined && { immutable }),
      data: secretData(template.data, items, rendered),
    };
  } finally {
    for (const output of rendered.values()) output.wipe();
  }
}

/** True when the Secret of `sealed` depends on chance and clock, as far as it can be told: a template with actions is part of it. */
export function isRendered(sealed: SealedSecret): boolean {
  if (hasWholeSecret(sealed)) return false;
  const items = Object.keys(sealed.spec?.encryptedData ?? {});
  return [...readTemplate(sealed).data].some(
    ([key, text]) => text !== null && hasActions(text) && !items.includes(key),
  );
}

/** True when `sealed` asks, on itself or in its template, for what sealed-secrets writes where a value is missing. */
export function allowsMissing(sealed: SealedSecret): boolean {
  return [sealed.metadata, sealed.spec?.template?.metadata].some(
    (metadata) => annotationOf(metadata ?? {}, TEMPLATE_MISSING_ANNOTATION) === TEMPLATE_MISSING_ALLOW,
  );
}

/** Those whose result is used: an item of the same key wins over it. */
function templatesToRender({ data }: CheckedTemplate, items: Items): ReadonlyMap<string, string> {
  const templates = new Map<string, string>();
  for (const [key, text] of data) if (text !== null && hasActions(text) && !items.has(key)) templates.set(key, text);
  return templates;
}

interface RenderParts {
  readonly template: CheckedTemplate;
  readonly templates: ReadonlyMap<string, string>;
  readonly items: Items;
  readonly rendering: Rendering | undefined;
}

async function render(sealed: SealedSecret, { template, templates, items, rendering }: RenderParts): Promise<Items> {
  if (rendering === undefined) throw notSupported(templates);
  const values = new Map<string, Uint8Array>();
  for (const [key, text] of template.data) if (text !== null) values.set(key, encodeUtf8(text));
  for (const [key, item] of items) values.set(key, item.expose());
  const { renderer, seed, at } = rendering;
  return renderer.render({ templates, values, seed, at, missing: allowsMissing(sealed) ? 'no-value' : 'error' });
}

function notSupported(templates: ReadonlyMap<string, string>): SealingError {
  const keys = [...templates.keys()].map((key) => JSON.stringify(key)).sort();
  return new SealingError(
    'TEMPLATE_NOT_SUPPORTED',
    `cannot make the Secret: "spec.template.data" holds template actions in ${keys.join(', ')}`,
    { hint: 'template actions are not supported here: write literal values, or seal the finished text' },
  );
}

function secretMetadata({ name, namespace }: SealedPlace, template: CheckedTemplate): ObjectMeta {
  const { labels, finalizers } = template;
  // sealed-secrets' re-encryption moves the object's own annotations, the receipt among them, into the template.
  const annotations = withoutReceipt(template.annotations ?? {});
  return {
    name,
    ...(namespace !== '' && { namespace }),
    ...(labels && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(finalizers && { finalizers }),
  };
}

/** Built from entries: assignment would lose a key named `__proto__`. */
function secretData(literals: CheckedTemplate['data'], items: Items, rendered: Items): Record<string, string> {
  const data = new Map<string, string>();
  for (const [key, literal] of literals) {
    if (literal !== null) data.set(key, encodeBase64(rendered.get(key)?.expose() ?? encodeUtf8(literal)));
  }
  for (const [key, value] of items) if (literals.get(key) !== null) data.set(key, encodeBase64(value.expose()));
  return Object.fromEntries([...data].sort(([a], [b]) => (a < b ? -1 : 1)));
}
