/** @module Why single items do not open, as values, and how they are told to a person. */
import type { SealedKeyCode, SealedLabelCode, SealedValueCode } from './errors.ts';

/** Why an item does not open. */
export type ItemFailureCode = SealedValueCode | SealedKeyCode | SealedLabelCode;

/** One item that does not open. No text of it quotes a value. */
export interface ItemFailure {
  /** Key in `spec.encryptedData`; empty when the failure is of the whole object. */
  readonly item: string;
  readonly code: ItemFailureCode;
  /** What is wrong, without the item's name. */
  readonly problem: string;
  /** More about the cause; empty when nothing more is known. */
  readonly reason: string;
  /** The whole sentence, with the item's name. */
  readonly message: string;
  readonly hint?: string;
}

/** What an {@link ItemFailure} is made of. */
export type ItemFailureParts = Omit<ItemFailure, 'message' | 'reason'> & { readonly reason?: string };

/** What kind of mending a failure needs: another key, another scope or name, or other bytes. */
export type FailureCause = 'key' | 'label' | 'malformed';

/** The phrase that sealed-secrets' users and scripts look for. */
export const NO_KEY_PHRASE = 'no key could decrypt secret';

const SEPARATOR = ', ';

/** Completes `parts` with its message. */
export function itemFailure(parts: ItemFailureParts): ItemFailure {
  const reason = parts.reason ?? '';
  const subject = parts.item === '' ? 'cannot unseal' : `cannot unseal item ${JSON.stringify(parts.item)}`;
  return { ...parts, reason, message: `${subject}: ${parts.problem}${reason === '' ? '' : `: ${reason}`}` };
}

/** The kind of mending that `code` needs. */
export function causeOf(code: ItemFailureCode): FailureCause {
  switch (code) {
    case 'SEALED_NO_KEYS':
    case 'SEALED_KEY_SIZE_MISMATCH':
    case 'SEALED_KEY_NOT_FOUND':
    case 'SEALED_KEY_RETIRED':
    case 'SEALED_KEY_ELSEWHERE':
      return 'key';
    case 'SEALED_SCOPE_MISMATCH':
    case 'SEALED_NAME_MISMATCH':
      return 'label';
    default:
      return 'malformed';
  }
}

/**
 * One line per cause, each with every item that it concerns, such as
 * `no key could decrypt secret (password, user): sealed as cluster-wide, the object says strict`.
 * @param maxNamesLength characters that the items of one cause may take; of the others the number is told
 */
export function describeFailures(
  failures: readonly ItemFailure[],
  maxNamesLength: number = Number.POSITIVE_INFINITY,
): string {
  const causes = new Map<string, { readonly failure: ItemFailure; readonly items: string[] }>();
  for (const failure of failures) {
    const cause = `${failure.problem}\n${failure.reason}`;
    const group = causes.get(cause) ?? { failure, items: [] };
    if (failure.item !== '') group.items.push(nameItem(failure.item));
    causes.set(cause, group);
  }
  return [...causes.values()]
    .map(({ failure, items }) => describeCause(failure, listItems(items, maxNamesLength)))
    .join('\n');
}

function describeCause({ problem, reason }: ItemFailure, items: string): string {
  const named = items === '' ? problem : `${problem} (${items})`;
  return reason === '' ? named : `${named}: ${reason}`;
}

function listItems(items: readonly string[], maxLength: number): string {
  const listed: string[] = [];
  let length = 0;
  for (const item of items) {
    length += item.length;
    if (length > maxLength) break;
    listed.push(item);
    length += SEPARATOR.length;
  }
  const more = items.length - listed.length;
  const names = listed.join(SEPARATOR);
  if (more === 0) return names;
  return names === '' ? `${more} ${more === 1 ? 'item' : 'items'}` : `${names} and ${more} more`;
}

/** Names that a Secret could have stand as they are; others are quoted, so that they cannot forge a line. */
function nameItem(item: string): string {
  return /^[-._a-zA-Z0-9]+$/.test(item) ? item : JSON.stringify(item);
}
