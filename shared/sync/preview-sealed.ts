/** @module What receipts say of the SealedSecrets of a preview: which the sync would refuse the commit for, and which are sealed to a key of before. */
import type { KeyList } from '../resources/key-list.ts';
import { objectKey } from '../resources/object-meta.ts';
import type { PlacedObject } from '../sync-plan/desired-object.ts';
import type { GuardRefusal } from '../sync-plan/guard.ts';
import { describeFailure, sortFailures } from '../sync-plan/sync-failure.ts';
import type { PlannedAction } from './planned-action.ts';
import { checkReceipts } from './receipt-preflight.ts';
import { selectSealed } from './sealed-preflight.ts';

/** Why a sync would be refused whole. */
export type PreviewRefusal = Omit<GuardRefusal, 'reason'> & {
  readonly reason: GuardRefusal['reason'] | 'CannotUnseal';
};

/** Null when nobody says anything of keys. */
export type AskKeyList = () => Promise<KeyList | null>;

/** What is to be added to a preview. */
export interface SealedPreview {
  readonly refusal: PreviewRefusal | null;
  /** `action` with what is to be said of its SealedSecret. */
  readonly annotate: (action: PlannedAction) => PlannedAction;
}

/** Compares the SealedSecrets of `placed` with their receipts. Asks for the keys only when there are any. */
export async function previewSealed(placed: readonly PlacedObject[], ask: AskKeyList): Promise<SealedPreview> {
  const sealed = selectSealed(placed);
  const list = sealed.length === 0 ? null : await ask();
  if (list === null) return { refusal: null, annotate: (action) => action };
  const { failures, aging } = await checkReceipts(sealed, list);
  const notes = new Map<string, string[]>();
  const note = (key: string, text: string) => notes.set(key, [...(notes.get(key) ?? []), text]);
  for (const { sealed: one, items, fingerprint } of aging) {
    const { file } = one.origin;
    note(
      one.key,
      `is sealed to key ${fingerprint}, which is not sealed to any more (${items.join(', ')}); reseal ${file}`,
    );
  }
  const byKey = new Map(sealed.map(({ key, identity }) => [`${identity.namespace}/${identity.name}`, key]));
  for (const { namespace = '', name = '', message } of failures) note(byKey.get(`${namespace}/${name}`) ?? '', message);
  const annotate = (action: PlannedAction): PlannedAction => {
    const own = notes.get(objectKey(action.identity));
    return own === undefined ? action : { ...action, notes: [...(action.notes ?? []), ...own] };
  };
  const [first] = sortFailures(failures);
  // Where the controller looks at some namespaces only, the others are not its business.
  if (first === undefined || list.partial !== undefined) return { refusal: null, annotate };
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  const message = `SealedSecrets cannot be unsealed in this cluster: ${describeFailure(first)}${more}`;
  return { refusal: { reason: 'CannotUnseal', message, hint: 'mend what receipts tell of each of them' }, annotate };
}
