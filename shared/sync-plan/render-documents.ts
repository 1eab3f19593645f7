/** @module Documents become objects: lists unfolded, variables put in, checked, brought into the form of the API server, changed as the GitSync asks. */

import { checkObject } from './check-object.ts';
import { addCommonMetadata } from './common-metadata.ts';
import { expandList } from './expand-list.ts';
import { changeImages } from './image-tags.ts';
import { isSecret, normalizeSecret } from './normalize-secret.ts';
import type { RenderCollector } from './render-collector.ts';
import type { RenderSettings } from './render-settings.ts';
import type { ObjectOrigin } from './rendered-object.ts';
import { stripServerFields } from './strip-server-fields.ts';
import { type ScalarStyles, type Substitution, substitute } from './substitute.ts';

/** One document, and where it stands. */
export interface OriginDocument {
  readonly value: unknown;
  readonly origin: ObjectOrigin;
}

/** How documents are taken. */
export interface DocumentSettings extends RenderSettings {
  readonly styles: ScalarStyles;
}

/** Adds the objects of `document` to `collector`. */
export function renderDocument(
  { value, origin }: OriginDocument,
  settings: DocumentSettings,
  collector: RenderCollector,
): void {
  for (const item of expandList(value)) {
    if (collector.isFull) return;
    if (item.finding === undefined) renderObject({ value: item.value, origin }, settings, collector);
    else collector.report(value, origin, [item.finding]);
  }
}

function renderObject({ value, origin }: OriginDocument, settings: DocumentSettings, collector: RenderCollector): void {
  const replaced = replaceVariables(value, settings);
  if (replaced.findings.length > 0) {
    collector.report(value, origin, replaced.findings);
    return;
  }
  const check = checkObject(replaced.value);
  if (check.object === undefined) {
    collector.report(replaced.value, origin, check.findings);
    return;
  }
  const stripped = stripServerFields(check.object);
  const kept = isSecret(stripped) ? normalizeSecret(stripped) : { object: stripped };
  if (kept.object === undefined) {
    collector.report(replaced.value, origin, kept.findings);
    return;
  }
  const object = addCommonMetadata(changeImages(kept.object, settings.images), settings.commonMetadata);
  const { confidential } = replaced;
  collector.add({ object, origin, ...(confidential.length > 0 && { confidential }) });
}

function replaceVariables(value: unknown, { variables, styles }: DocumentSettings): Substitution {
  return variables === null ? { value, confidential: [], findings: [] } : substitute(value, variables, styles);
}
