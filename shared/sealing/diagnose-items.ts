/**
 * @module Tells why items do not open: sealed for another scope or name, or with a key that is not there. It asks the
 * keys a bounded number of questions and never sees a plaintext.
 */
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { isMap } from './is-map.ts';
import { type ItemFailure, itemFailure, NO_KEY_PHRASE } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { fittingKeys } from './open-items.ts';
import type { SealedItem } from './read-sealed-items.ts';
import { labelOf, placeOf, SCOPES, type Scope, type SealedPlace, scopeAnnotations } from './scope.ts';

/** How many RSA operations one object's failure may cost beyond those of opening it. */
const MAX_PROBES = 32;

/** A mistake that can be recognised: the label it leads to, and how it is told. */
interface Mistake {
  readonly label: Uint8Array<ArrayBuffer>;
  readonly code: 'SEALED_SCOPE_MISMATCH' | 'SEALED_NAME_MISMATCH';
  readonly reason: string;
  readonly hint: string;
}

/**
 * One failure for each of `unopened`, in the order of their names. The key and the mistake that were found for one item
 * are asked first for the next; items that are left when the questions are used up count as not found. The keys of
 * `recent` are asked before others.
 */
export async function diagnoseItems(
  sealed: SealedSecret,
  unopened: readonly SealedItem[],
  { keyring, recent }: { readonly keyring: Keyring<OpeningKey>; readonly recent: readonly OpeningKey[] },
): Promise<readonly ItemFailure[]> {
  const failures: ItemFailure[] = [];
  const budget = { probes: MAX_PROBES };
  let keys = recent;
  let mistakes = mistakesOf(sealed);
  for (const item of unopened.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const found = await findMistake(item, fittingKeys(item, keyring, keys), { mistakes, budget });
    failures.push(found === null ? keyNotFound(sealed, item, keyring) : mistakeFailure(item, found.mistake));
    if (found === null) continue;
    keys = [found.key, ...keys];
    mistakes = [found.mistake, ...mistakes.filter((mistake) => mistake !== found.mistake)];
  }
  return failures;
}

async function findMistake(
  item: SealedItem,
  keys: readonly OpeningKey[],
  { mistakes, budget }: { readonly mistakes: readonly Mistake[]; readonly budget: { probes: number } },
): Promise<{ readonly key: OpeningKey; readonly mistake: Mistake } | null> {
  for (const key of keys) {
    for (const mistake of mistakes) {
      if (budget.probes === 0) return null;
      budget.probes -= 1;
      if (await opensWith(key, mistake.label, item)) return { key, mistake };
    }
  }
  return null;
}

/** Asks whether the content key would open. The content key is wiped at once and the value stays sealed. */
async function opensWith(key: OpeningKey, label: Uint8Array<ArrayBuffer>, item: SealedItem): Promise<boolean> {
  const contentKey = await key.unwrap(label, item.envelope.wrappedKey);
  contentKey?.wipe();
  return contentKey !== null;
}

/** The mistakes that people make: another scope, and an object that was renamed or moved after sealing. */
function mistakesOf(sealed: SealedSecret): readonly Mistake[] {
  const { scope, namespace, name } = placeOf(sealed);
  const scopes = SCOPES.filter((other) => other !== scope).map((other): Mistake => {
    return {
      label: labelOf(other, namespace, name),
      code: 'SEALED_SCOPE_MISMATCH',
      reason: `sealed as ${other}, the object says ${scope}`,
      hint: scopeHint(other),
    };
  });
  const moved = movedFrom(sealed);
  return moved === null ? scopes : [...scopes, moved];
}

/** The place that the template still names, when it differs from the object's own in a way that counts for `scope`. */
function movedFrom(sealed: SealedSecret): Mistake | null {
  const { scope, namespace, name } = placeOf(sealed);
  const template: unknown = sealed.spec?.template?.metadata;
  if (!isMap(template) || scope === 'cluster-wide') return null;
  const oldName = typeof template['name'] === 'string' ? template['name'] : name;
  const oldNamespace = typeof template['namespace'] === 'string' ? template['namespace'] : namespace;
  if (oldNamespace === namespace && (oldName === name || scope === 'namespace-wide')) return null;
  const [before, after] =
    scope === 'strict' ? [`${oldNamespace}/${oldName}`, `${namespace}/${name}`] : [oldNamespace, namespace];
  return {
    label: labelOf(scope, oldNamespace, oldName),
    code: 'SEALED_NAME_MISMATCH',
    reason: `sealed for ${JSON.stringify(before)}, the object is ${JSON.stringify(after)}`,
    hint: 'give the object its former name and namespace, or seal the Secret again',
  };
}

function scopeHint(sealedAs: Scope): string {
  const [annotation] = Object.keys(scopeAnnotations(sealedAs));
  const mend = annotation === undefined ? 'remove the scope annotations' : `set the annotation ${annotation}: "true"`;
  return `${mend} on the SealedSecret, or seal the Secret again`;
}

function mistakeFailure(item: SealedItem, { code, reason, hint }: Mistake): ItemFailure {
  return itemFailure({ item: item.name, code, problem: NO_KEY_PHRASE, reason, hint });
}

function keyNotFound(sealed: SealedSecret, item: SealedItem, keyring: Keyring<OpeningKey>): ItemFailure {
  const count = fittingKeys(item, keyring, []).length;
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_NOT_FOUND',
    problem: NO_KEY_PHRASE,
    reason: `tried ${count === 1 ? 'one key' : `${count} keys`}, ${describePlace(placeOf(sealed))}`,
    hint: 'seal the Secret again for this cluster, name and namespace, or restore the key that it was sealed with',
  });
}

function describePlace({ scope, namespace, name }: SealedPlace): string {
  switch (scope) {
    case 'strict':
      return namespace === ''
        ? 'and the object names no namespace'
        : `strict for ${JSON.stringify(`${namespace}/${name}`)}`;
    case 'namespace-wide':
      return namespace === '' ? 'and the object names no namespace' : `namespace-wide for ${JSON.stringify(namespace)}`;
    case 'cluster-wide':
      return 'cluster-wide';
  }
}
