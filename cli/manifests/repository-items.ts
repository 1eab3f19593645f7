/**
 * @module Which sealing key each sealed value in the user's files needs, as their receipts say. A receipt that does not speak of a
 * value as it stands is no statement about it.
 */
import { isMap } from '../../shared/encoding/value-kind.ts';
import type { CodedError } from '../../shared/errors/coded-error.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { keysByItem, sealedItemsOf } from '../../shared/sealing/check-receipt.ts';
import { readReceipt } from '../../shared/sealing/receipt.ts';
import type { Session } from '../terminal/session.ts';
import { readManifests } from './manifest-files.ts';
import { isSealedSecret, type ManifestObject, objectsOf } from './manifest-objects.ts';

/** The items that one key opens. */
export interface ItemsOfKey {
  readonly items: number;
  /** Where they are, in the order of the files: `secrets.yaml:4: document 2`. */
  readonly places: readonly string[];
}

/** What the files say. */
export interface RepositoryItems {
  /** By fingerprint. */
  readonly byKey: ReadonlyMap<string, ItemsOfKey>;
  /** Items of which no receipt speaks. */
  readonly unknown: number;
  /** Files that could not be read. */
  readonly errors: readonly CodedError[];
}

/** Counts the items of every SealedSecret in the files and folders `names`. */
export async function readRepositoryItems(session: Session, names: readonly string[]): Promise<RepositoryItems> {
  const { files, errors } = await readManifests(session, names, 'SealedSecret');
  const byKey = new Map<string, { items: number; places: string[] }>();
  let unknown = 0;
  for (const object of files.flatMap(objectsOf).filter(({ value }) => isSealedSecret(value))) {
    const { keys, items } = await keysOf(object);
    unknown += items - keys.size;
    for (const [fingerprint, count] of tally(keys.values())) {
      const entry = byKey.get(fingerprint) ?? { items: 0, places: [] };
      byKey.set(fingerprint, { items: entry.items + count, places: [...entry.places, object.place] });
    }
  }
  return { byKey, unknown, errors };
}

/** What is read when the user names nothing: the current folder, unless it is one that nobody means. */
export function defaultFolders({ io }: Session): readonly string[] | null {
  const { HOME: home } = io.env;
  return io.cwd === '/' || io.cwd === home ? null : ['.'];
}

async function keysOf({ value }: ManifestObject) {
  const sealed = value as SealedSecret;
  const receipt = isMap(sealed.metadata) ? readReceipt(sealed.metadata) : null;
  const items = sealedItemsOf(sealed).length;
  return { keys: receipt === null ? new Map<string, string>() : await keysByItem(sealed, receipt), items };
}

function tally(texts: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
