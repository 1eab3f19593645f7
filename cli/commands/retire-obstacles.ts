/** @module What stands against retiring a sealing key, and what is passed over because the user said so. Pure. */
import { countOf } from '../../shared/encoding/count-of.ts';
import type { KeyList, SealingKeyEntry } from '../../shared/resources/key-list.ts';
import type { ObjectKeys } from '../connect/needing-objects.ts';
import type { ItemsOfKey, RepositoryItems } from '../manifests/repository-items.ts';
import { CliError } from '../terminal/errors.ts';

/** What the user takes upon themselves. */
export interface RetireConsent {
  readonly withoutBackup?: boolean;
  readonly ignoreUnopened?: boolean;
  readonly ignoreUnseen?: boolean;
}

/** All that decides. */
export interface RetireFacts {
  readonly key: SealingKeyEntry;
  readonly list: KeyList;
  /** Null when the user may not list SealedSecrets. */
  readonly objects: ObjectKeys | null;
  /** Null when none were read. */
  readonly files: RepositoryItems | null;
  readonly consent: RetireConsent;
}

/** Enough to begin with; the count says how many more there are. */
const MAX_NAMED = 20;
const WAIT = 'wait until the controller has looked at all of them';
const OR_UNSEEN = 'use --ignore-unseen when you know that none of the others needs the key';

/** Everything that stands against retiring the key, each with the way out. CliError `CLI_KEY_NEEDED`. */
export function obstaclesOf({ key, list, objects, files, consent }: RetireFacts): readonly CliError[] {
  if (key.state === 'active') return [needed('it is the active key', 'make a new one with `signet rotate` first')];
  const ofUnseen =
    consent.ignoreUnseen === true ? [] : [...unknownProblems(key, list), ...unseenProblems(list, objects)];
  const ofUnopened = consent.ignoreUnopened === true ? null : unopenedProblem(list, objects);
  const ofBackup =
    key.backedUpAt === undefined && consent.withoutBackup !== true
      ? needed('no backup of it is confirmed', 'make one with `signet keys backup`, or use --without-backup')
      : null;
  const all = [neededProblem(key, objects), ...ofUnseen, ofUnopened, itemsProblem(files?.byKey.get(key.fingerprint))];
  return [...all, ofBackup].filter((problem) => problem !== null);
}

/** What may need the key all the same, for a warning; empty when nothing was passed over. */
export function passedOver({ list, objects, files, consent }: RetireFacts): readonly string[] {
  const unseen = consent.ignoreUnseen === true ? (objects?.unseen ?? []) : [];
  const unopened = consent.ignoreUnopened === true ? (list.unopened ?? 0) : 0;
  return [
    ...(unseen.length === 0 ? [] : [`the controller has not looked at ${objectsListed(unseen.length, unseen)}`]),
    ...(unopened === 0 ? [] : [`no key is known of ${objectsListed(unopened, objects?.unopened ?? [])}`]),
    ...untoldItems(files),
  ];
}

function untoldItems(files: RepositoryItems | null): readonly string[] {
  if (files === null) return ['no files were read here: name with -f those whose items may need it'];
  return files.unknown === 0 ? [] : [`${countOf(files.unknown, 'item')} of the files have no receipt, and may need it`];
}

function neededProblem(key: SealingKeyEntry, objects: ObjectKeys | null): CliError | null {
  const named = objects?.needing(key.fingerprint) ?? [];
  const count = Math.max(named.length, key.objects ?? 0);
  if (count === 0) return null;
  const hint = 'seal them anew with `signet reseal`, and apply them';
  return needed(`${countOf(count, 'SealedSecret')} of the cluster need it${listed(named, count)}`, hint);
}

function unknownProblems(key: SealingKeyEntry, list: KeyList): readonly CliError[] {
  return [
    ...(key.objects === undefined ? [needed('it is not known which SealedSecrets need it', WAIT)] : []),
    ...(list.unopened === undefined ? [needed('it is not known whether all SealedSecrets open', WAIT)] : []),
  ];
}

/** Counts say nothing of what was applied a moment ago, nor of what the controller does not watch. */
function unseenProblems({ partial }: KeyList, objects: ObjectKeys | null): readonly CliError[] {
  const ofView = partial === undefined ? [] : [needed(`the controller looks at no more than ${partial}`, OR_UNSEEN)];
  if (objects === null) {
    const hint = `ClusterRole signet-key-keeper lets you; or ${OR_UNSEEN}`;
    return [...ofView, needed('you may not list SealedSecrets, so some may not have been looked at', hint)];
  }
  const { unseen } = objects;
  if (unseen.length === 0) return ofView;
  const hint = `${WAIT}; where it does not watch them, or writes no status, ${OR_UNSEEN}`;
  const why = `the controller has not looked at ${objectsListed(unseen.length, unseen)}`;
  return [...ofView, needed(why, hint)];
}

function unopenedProblem({ unopened = 0 }: KeyList, objects: ObjectKeys | null): CliError | null {
  if (unopened === 0) return null;
  const why = `${countOf(unopened, 'SealedSecret')} of the cluster do not open, and may need it`;
  return needed(
    `${why}${listed(objects?.unopened ?? [], unopened)}`,
    'mend or delete them, or use --ignore-unopened: what was sealed to this key opens no more until `signet keys unretire`',
  );
}

function itemsProblem(found: ItemsOfKey | undefined): CliError | null {
  if (found === undefined) return null;
  const { places } = found;
  const why = `${countOf(found.items, 'item')} of the files need it${listed(places, places.length)}`;
  return needed(why, 'seal them anew with `signet reseal`');
}

function objectsListed(count: number, names: readonly string[]): string {
  return `${countOf(count, 'SealedSecret')}${listed(names, count)}`;
}

function listed(names: readonly string[], count: number): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, MAX_NAMED);
  const more = count > shown.length ? ` and ${count - shown.length} more` : '';
  return `: ${shown.join(', ')}${more}`;
}

function needed(why: string, hint: string): CliError {
  return new CliError('CLI_KEY_NEEDED', `cannot retire the key: ${why}`, { hint });
}
