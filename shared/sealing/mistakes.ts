/** @module The mistakes that people make with where a SealedSecret stands, each as the label that it would have been sealed with. */
import { toHex } from '../encoding/bytes.ts';
import { isMap } from '../encoding/value-kind.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { readReceipt } from './receipt.ts';
import { labelOf, placeOf, SCOPES, type Scope, type SealedPlace, scopeAnnotations } from './scope.ts';

/** A place that values may have been sealed for. */
export interface KnownPlace extends Pick<SealedPlace, 'namespace' | 'name'> {
  /** Fingerprints of the keys that open what stands there. */
  readonly keys?: readonly string[];
}

/** A mistake that can be recognised: the label it leads to, and how it is told. */
export interface Mistake {
  readonly label: Uint8Array<ArrayBuffer>;
  readonly code: 'SEALED_SCOPE_MISMATCH' | 'SEALED_NAME_MISMATCH';
  readonly reason: string;
  readonly hint: string;
}

/** More would not be asked for anyway. */
const MAX_MISTAKES = 32;

/**
 * The mistakes that `sealed` may be a case of, the likeliest first and each label once: the place of its receipt, another
 * scope, the place that its template names, and those of `places`.
 */
export function mistakesOf(sealed: SealedSecret, places: readonly KnownPlace[]): readonly Mistake[] {
  const own = placeOf(sealed);
  const receipt = readReceipt(sealed.metadata ?? {});
  const scopes = SCOPES.filter((scope) => scope !== own.scope).map((scope) => mistakeFor(own, { ...own, scope }));
  const moved = [templatePlace(sealed, own), ...places].map((place) => mistakeFor(own, { ...place, scope: own.scope }));
  const all = [...(receipt === null ? [] : [mistakeFor(own, receipt)]), ...scopes, ...moved];
  const byLabel = new Map([[toHex(own.label), null as Mistake | null]]);
  for (const mistake of all) {
    const label = toHex(mistake.label);
    if (!byLabel.has(label)) byLabel.set(label, mistake);
  }
  return [...byLabel.values()].filter((mistake) => mistake !== null).slice(0, MAX_MISTAKES);
}

type ClaimedPlace = KnownPlace & { readonly scope: Scope };

function mistakeFor(own: SealedPlace, { scope, namespace, name }: ClaimedPlace): Mistake {
  const label = labelOf(scope, namespace, name);
  const isScope = scope !== own.scope;
  const isPlace =
    scope !== 'cluster-wide' && (namespace !== own.namespace || (scope === 'strict' && name !== own.name));
  const reasons = [
    ...(isScope ? [`sealed as ${scope}, the object says ${own.scope}`] : []),
    ...(isPlace ? [`sealed for ${describe(scope, { namespace, name })}, the object is ${describe(scope, own)}`] : []),
  ];
  return {
    label,
    code: isPlace ? 'SEALED_NAME_MISMATCH' : 'SEALED_SCOPE_MISMATCH',
    reason: reasons.join(', and '),
    hint: isPlace ? 'give the object its former name and namespace, or seal the Secret again' : scopeHint(scope),
  };
}

/** The place that the template still names; a renamed copy of a SealedSecret often keeps it. */
function templatePlace(sealed: SealedSecret, { namespace, name }: SealedPlace): KnownPlace {
  const template: unknown = sealed.spec?.template?.metadata;
  if (!isMap(template)) return { namespace, name };
  return {
    name: typeof template['name'] === 'string' ? template['name'] : name,
    namespace: typeof template['namespace'] === 'string' ? template['namespace'] : namespace,
  };
}

function describe(scope: Scope, { namespace, name }: KnownPlace): string {
  return JSON.stringify(scope === 'strict' ? `${namespace}/${name}` : namespace);
}

function scopeHint(sealedAs: Scope): string {
  const [annotation] = Object.keys(scopeAnnotations(sealedAs));
  const mend = annotation === undefined ? 'remove the scope annotations' : `set the annotation ${annotation}: "true"`;
  return `${mend} on the SealedSecret, or seal the Secret again`;
}
