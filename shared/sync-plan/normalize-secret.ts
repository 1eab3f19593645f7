/**
 * @module Brings a Secret into the form in which the API server keeps it: one map `data` of canonical base64. Without this, a Secret
 * with `stringData` differs from its own copy in the cluster for ever.
 */
import { encodeBase64, tryDecodeBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/bytes.ts';
import { isMap, ownValue } from '../encoding/value-kind.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { type Finding, finding, notText, quoteKey } from './finding.ts';

/** The Secret as it is kept, or everything that is wrong with it. No finding quotes a value. */
export type SecretNormalization =
  | { readonly object: KubeObject; readonly findings?: never }
  | { readonly findings: readonly Finding[]; readonly object?: never };

type Items = Map<string, string>;

/** True for core/v1 Secrets. */
export function isSecret(object: KubeObject): boolean {
  return object.apiVersion === 'v1' && object.kind === 'Secret';
}

/** `secret` with `stringData` merged into `data`, where it wins. A null value is an empty one, as for the API server. */
export function normalizeSecret(secret: KubeObject): SecretNormalization {
  const findings: Finding[] = [];
  const items: Items = new Map();
  readItems(secret, 'data', findings, (key, text) => recode(key, text, items, findings));
  readItems(secret, 'stringData', findings, (key, text) => items.set(key, encodeBase64(encodeUtf8(text))));
  if (findings.length > 0) return { findings };
  const { data: _data, stringData: _stringData, ...rest } = secret;
  return { object: items.size === 0 ? rest : { ...rest, data: Object.fromEntries(items) } };
}

function readItems(
  secret: KubeObject,
  field: 'data' | 'stringData',
  findings: Finding[],
  take: (key: string, text: string) => void,
): void {
  const map = ownValue(secret, field);
  if (map === undefined || map === null) return;
  if (!isMap(map)) {
    findings.push(finding('RENDER_SECRET_INVALID', `${field} is not a map`));
    return;
  }
  for (const [key, value] of Object.entries(map)) {
    if (value === null || typeof value === 'string') take(key, value ?? '');
    else findings.push(notText('RENDER_SECRET_INVALID', `${field} ${quoteKey(key)}`, value));
  }
}

function recode(key: string, text: string, items: Items, findings: Finding[]): void {
  const bytes = tryDecodeBase64(text);
  if (typeof bytes !== 'number') {
    items.set(key, encodeBase64(bytes));
    return;
  }
  const hint = 'put plain text into stringData, or better: seal the Secret';
  findings.push(finding('RENDER_SECRET_INVALID', `data ${quoteKey(key)} is not base64`, hint));
}
