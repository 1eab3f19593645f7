/**
 * @module Whether the SealedSecrets of a commit can be opened where it is to be applied, asked before anything of it is. Who answers is
 * up to the caller: the keyring of the process, or receipts.
 */
import { shortenText } from '../encoding/shorten-text.ts';
import type { SyncFailure } from '../resources/git-sync.ts';
import { PREFLIGHT_ANNOTATION, SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND } from '../resources/names.ts';
import { annotationOf, groupOf, type KubeObject } from '../resources/object-meta.ts';
import { describeFailures, type ItemFailure } from '../sealing/item-failure.ts';
import type { DesiredObject, PlacedObject } from '../sync-plan/desired-object.ts';
import { objectFailure } from '../sync-plan/sync-failure.ts';

/** What came of the SealedSecrets of one commit. */
export interface PreflightAnswer {
  /** One for each SealedSecret that cannot be opened; no text quotes a value. */
  readonly failures: readonly SyncFailure[];
  /** SealedSecrets that were not tried any more, since so many others do not open. */
  readonly untried: number;
}

/** Tells whether SealedSecrets open. */
export interface SealedPreflight {
  /** Another text as soon as another answer may come. */
  readonly version: () => string;
  /** Tries `sealed`, all of which are SealedSecrets with a settled namespace. Null while nobody can tell. Writes and keeps nothing. */
  check(sealed: readonly DesiredObject[], signal: AbortSignal): Promise<PreflightAnswer | null>;
  /** Calls `listener` when another answer may come; it must not throw. */
  onChange(listener: () => void): void;
}

/** SealedSecrets that fail before the rest of a commit is not tried any more: a status names no more of them. */
export const MAX_FAILING = 50;

/** The SealedSecrets among `desired`, without those that another controller looks after. */
export function selectSealed<Placed extends PlacedObject>(desired: Iterable<Placed>): readonly Placed[] {
  return [...desired].filter(({ object }) => isSealedSecret(object) && !isLeftToOthers(object));
}

/** True for what `signet.dev/preflight: disabled` stands on. */
export function isLeftToOthers({ metadata }: KubeObject): boolean {
  return annotationOf(metadata, PREFLIGHT_ANNOTATION) === 'disabled';
}

/** What is told of `desired`, of which these items do not open: the items, the causes with their codes, and how to mend the first. */
export function unsealFailure({ identity, origin }: PlacedObject, failures: readonly ItemFailure[]): SyncFailure {
  const codes = [...new Set(failures.map(({ code }) => code))].join(', ');
  const hint = failures.find((failure) => failure.hint !== undefined);
  const causes = shortenText(describeFailures(failures, MAX_NAMES_LENGTH).replaceAll('\n', '; '), MAX_CAUSES);
  const mend = hint?.hint === undefined ? '' : `; ${nameFile(hint.hint, origin.file, hint.item)}`;
  return objectFailure(identity, origin, `cannot be unsealed here: ${causes} [${codes}]${mend}`);
}

/** Leaves room for the hint, whatever the items are called. */
const MAX_CAUSES = 500;
const MAX_NAMES_LENGTH = 150;
const PLAIN_WORD = /^[\w./-]+$/;

/** The command of `hint` with the very file and item, where both can be typed as they are. */
function nameFile(hint: string, file: string, item: string): string {
  const isPlain = [file, item].every((word) => PLAIN_WORD.test(word) && !word.startsWith('-'));
  return isPlain ? hint.replace('FILE KEY', `${file} ${item}`) : hint;
}

function isSealedSecret({ kind, apiVersion }: KubeObject): boolean {
  return kind === SEALED_SECRET_KIND && groupOf(apiVersion) === groupOf(SEALED_SECRET_API_VERSION);
}
