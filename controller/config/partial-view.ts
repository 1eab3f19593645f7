/** @module Which SealedSecrets a controller looks at, in words, where these are not all of the cluster. */
import { listSome } from '../../shared/encoding/list-some.ts';
import type { UnsealConfig } from './config.ts';

/** More would not be read anyway. */
const MAX_NAMED = 20;
const MAX_SELECTOR = 500;

/** What is looked at, such as `SealedSecrets with label "team=shop" in namespaces a, b`; undefined when it is everything. */
export function partialViewOf({
  labelSelector,
  namespaces,
}: Pick<UnsealConfig, 'labelSelector' | 'namespaces'>): string | undefined {
  if (labelSelector === '' && namespaces === null) return undefined;
  const selector = JSON.stringify(labelSelector.slice(0, MAX_SELECTOR));
  const label = labelSelector === '' ? '' : ` with label ${selector}`;
  return `SealedSecrets${label}${namespaces === null ? '' : ` in namespaces ${listSome(namespaces, MAX_NAMED)}`}`;
}
