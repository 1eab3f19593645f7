/** @module The headers by which a user acts as somebody else. */
import { isMap } from '../encoding/value-kind.ts';
import type { KubeconfigEntry } from './kubeconfig-entry.ts';

/**
 * Impersonate-* headers of `user`; empty when it acts as itself. Half an identity is refused, because the other half would
 * then be the user's own: groups, uid or extra without a name.
 */
export function impersonationHeaders(user: KubeconfigEntry): Record<string, string | readonly string[]> {
  const name = user.text('as');
  const uid = user.text('as-uid');
  const groups = user.texts('as-groups');
  const extra = readExtra(user);
  if (name === undefined) {
    if (uid === undefined && groups.length === 0 && extra.length === 0) return {};
    throw user.invalid('as-uid, as-groups and as-user-extra need as');
  }
  const headers: Record<string, string | readonly string[]> = { 'impersonate-user': name };
  if (uid !== undefined) headers['impersonate-uid'] = uid;
  if (groups.length > 0) headers['impersonate-group'] = groups;
  for (const [key, values] of extra) headers[`impersonate-extra-${encodeURIComponent(key).toLowerCase()}`] = values;
  assertHeaderText(user, headers);
  return headers;
}

function readExtra(user: KubeconfigEntry): readonly [string, readonly string[]][] {
  const extra = user.record('as-user-extra');
  if (!isMap(extra)) return [];
  return Object.entries(extra).map(([key, values]) => {
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) {
      throw user.invalid(`as-user-extra.${key} is not a list of strings`);
    }
    return [key, values];
  });
}

function assertHeaderText(user: KubeconfigEntry, headers: Readonly<Record<string, string | readonly string[]>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const hasOther = [value].flat().some((text) => !/^[\x20-\x7e]*$/.test(text));
    if (hasOther) throw user.invalid(`${name} cannot be sent: it has characters beyond ASCII`);
  }
}
