/** @module What others changed in a Secret, and who they were: names of keys only, never a value. Pure. */
import { UNSEAL_FIELD_MANAGER } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, UnsealMode } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { toCreate } from './desired-secret.ts';
import { contentOf, type SecretContent, shapeOf } from './secret-content.ts';

/** One difference: the words for it, and the path of the field in managedFields, outermost first. */
interface Difference {
  readonly text: string;
  readonly path: readonly string[];
}

/** One entry of managedFields, as far as it is what the API server writes. */
interface FieldOwner {
  readonly manager: string;
  readonly time: string;
  readonly fields: unknown;
}

const MAX_NAMED = 10;
const MAX_NAME = 60;

/**
 * What `live` holds other than `sealed` wants it, and who changed it when, for people; null when there is no difference.
 * Only fields that the SealedSecret decides on count.
 */
export function describeDrift(
  sealed: SealedSecret,
  desired: Secret,
  { live, mode }: { readonly live: KubeObject; readonly mode: UnsealMode },
): string | null {
  const shape = shapeOf(sealed, mode);
  const found = contentOf(live, shape);
  const wanted = wantedContent(contentOf(toCreate(sealed, desired), shape), found, mode);
  const differences = differencesOf(wanted, found);
  if (differences.length === 0) return null;
  const named = differences.slice(0, MAX_NAMED).map(({ text }) => text);
  const more = differences.length > MAX_NAMED ? `, and ${differences.length - MAX_NAMED} more` : '';
  return `${authorOf(live, differences)}: ${named.join(', ')}${more}`;
}

/** Nothing undoes immutability, and a Secret that is shared with others keeps its type and its owners. */
function wantedContent(wanted: SecretContent, found: SecretContent, mode: UnsealMode): SecretContent {
  const isImmutable = wanted.isImmutable || found.isImmutable;
  return mode === 'owned'
    ? { ...wanted, isImmutable }
    : { ...wanted, isImmutable, type: found.type, isOwned: found.isOwned };
}

function differencesOf(wanted: SecretContent, found: SecretContent): readonly Difference[] {
  return [
    ...differencesOfMap('key', ['f:data'], wanted.data, found.data),
    ...differencesOfMap('label', ['f:metadata', 'f:labels'], wanted.labels, found.labels),
    ...differencesOfMap('annotation', ['f:metadata', 'f:annotations'], wanted.annotations, found.annotations),
    ...differenceOf('type', ['f:type'], wanted.type !== found.type),
    ...differenceOf('immutability', ['f:immutable'], wanted.isImmutable !== found.isImmutable),
    ...differenceOf('owner reference', ['f:metadata', 'f:ownerReferences'], wanted.isOwned !== found.isOwned),
  ];
}

function differenceOf(what: string, path: readonly string[], isDifferent: boolean): readonly Difference[] {
  return isDifferent ? [{ text: `${what} changed`, path }] : [];
}

type StringMap = Readonly<Record<string, string>>;

function differencesOfMap(
  what: string,
  path: readonly string[],
  wanted: StringMap,
  found: StringMap,
): readonly Difference[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort();
  return names.flatMap((name) => {
    const [isWanted, isFound] = [Object.hasOwn(wanted, name), Object.hasOwn(found, name)];
    if (isWanted && isFound && wanted[name] === found[name]) return [];
    const change = isWanted && isFound ? 'changed' : isFound ? 'added' : 'removed';
    return [{ text: `${what} ${JSON.stringify(name.slice(0, MAX_NAME))} ${change}`, path: [...path, `f:${name}`] }];
  });
}

/** `changed by "kubectl-edit" at 2026-…`: of those who own a changed field the latest, else of those who wrote after us. */
function authorOf(live: KubeObject, differences: readonly Difference[]): string {
  const owners = ownersOf(live).sort((a, b) => (a.time < b.time ? 1 : -1));
  const ours = owners.find(({ manager }) => manager === UNSEAL_FIELD_MANAGER)?.time ?? '';
  const others = owners.filter(({ manager }) => manager !== UNSEAL_FIELD_MANAGER);
  const author =
    others.find(({ fields }) => differences.some(({ path }) => owns(fields, path))) ??
    others.find(({ time }) => time >= ours);
  // A field that is removed leaves no trace of who removed it.
  if (author === undefined) return 'changed by somebody who left no name';
  return `changed by ${JSON.stringify(author.manager)} at ${author.time}`;
}

function ownersOf(live: KubeObject): FieldOwner[] {
  const entries: unknown = live.metadata['managedFields'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const { manager, time, fieldsV1: fields } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    return typeof manager === 'string' && typeof time === 'string' ? [{ manager, time, fields }] : [];
  });
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let node: unknown = fields;
  for (const step of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return false;
    node = (node as Readonly<Record<string, unknown>>)[step];
  }
  return true;
}
