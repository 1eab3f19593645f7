/** @module `spec.commonMetadata` and `spec.images` once more: an older resource definition may have let anything in. */
import { isMap } from '../encoding/value-kind.ts';
import type { GitSyncSpec } from '../resources/git-sync.ts';
import { SubstitutionError } from './errors.ts';

const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const IMAGE_PARTS: Readonly<Record<string, RegExp>> = {
  name: /^[^\s@]{1,512}$/,
  newName: /^[^\s@]{1,512}$/,
  newTag: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/,
  digest: /^sha256:[0-9a-f]{64}$/,
};

/** Returns when the settings can be used. @throws SubstitutionError `RENDER_SETTINGS_INVALID` */
export function assertRenderSettings({ commonMetadata = {}, images = [] }: GitSyncSpec): void {
  const { labels = {}, annotations = {} } = commonMetadata;
  assertTexts('labels', labels, (value) => LABEL_VALUE.test(value));
  assertTexts('annotations', annotations, () => true);
  for (const [index, image] of images.entries()) assertImage(`images[${index}]`, image);
}

function assertTexts(
  field: string,
  texts: Readonly<Record<string, unknown>>,
  isValue: (value: string) => boolean,
): void {
  const wrong = Object.entries(texts).find(
    ([key, value]) => !KEY.test(key) || typeof value !== 'string' || !isValue(value),
  );
  if (wrong !== undefined) throw refuse(`commonMetadata.${field} ${JSON.stringify(wrong[0])} is not usable`);
}

function assertImage(place: string, image: unknown): void {
  if (!isMap(image) || image['name'] === undefined) throw refuse(`${place} has no name`);
  const wrong = Object.entries(image).find(
    ([key, value]) => typeof value !== 'string' || IMAGE_PARTS[key]?.test(value) === false,
  );
  if (wrong !== undefined) throw refuse(`${place}.${wrong[0]} is not usable`);
}

function refuse(what: string): SubstitutionError {
  return new SubstitutionError('RENDER_SETTINGS_INVALID', `spec.${what}`);
}
