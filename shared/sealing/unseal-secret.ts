/**
 * @module Turns a SealedSecret into its Secret: open the items, say why those that fail do, build the object. It
 * writes nothing and knows no cluster; owner references are the controller's to add.
 */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import type { Secret } from '../resources/secret.ts';
import type { Surroundings } from './diagnose-items.ts';
import { SealingError } from './errors.ts';
import { describeFailures, type ItemFailure } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { openSealed } from './open-sealed.ts';
import { WHOLE_SECRET } from './read-sealed-items.ts';
import { placeOf } from './scope.ts';
import { secretFromItems } from './secret-from-items.ts';
import type { CheckedTemplate } from './secret-template.ts';
import type { TemplateRenderer } from './template-renderer.ts';
import { hasWholeSecret, readWholeSecret, refuseWholeSecret } from './whole-secret.ts';

const SEED_BYTES = 32;

/** Either every item, or why at least one of them does not open. */
export type UnsealResult =
  | {
      readonly kind: 'opened';
      /** By key of the Secret. The receiver wipes them after use. */
      readonly items: ReadonlyMap<string, SecretBytes>;
      /** The keys that opened them. */
      readonly keys: ReadonlySet<Fingerprint>;
      /** Of the deprecated form: what takes the place of the SealedSecret's template. */
      readonly whole?: CheckedTemplate;
    }
  | {
      readonly kind: 'failed';
      /** Every item that fails, in the order of their names; at least one. */
      readonly failures: readonly [ItemFailure, ...ItemFailure[]];
    };

/** A SealedSecret that does not open; `code` is that of the first failing item. */
export class UnsealError extends SealingError {
  readonly failures: readonly ItemFailure[];

  /** `subject` names the object, as in `SealedSecret "shop/db"`. */
  constructor(subject: string, failures: readonly [ItemFailure, ...ItemFailure[]]) {
    const [{ code, hint }] = failures;
    super(code, `cannot unseal ${subject}: ${describeFailures(failures)}`, hint === undefined ? {} : { hint });
    this.failures = failures;
  }
}

/** How items are opened, and what is known of the cluster around the object. */
export interface UnsealItemsOptions extends Surroundings {
  /** Whether the deprecated form, a whole Secret in `spec.data`, is opened; default true. */
  readonly acceptV1?: boolean;
}

/** How a SealedSecret is unsealed. */
export interface UnsealOptions extends UnsealItemsOptions {
  /** Renders templates; without it one with actions is refused. */
  readonly renderer?: TemplateRenderer;
  /** What all chance in templates follows from, 32 bytes; default: new ones. */
  readonly seed?: Uint8Array;
  /** The clock of templates; default: now. */
  readonly at?: Date;
}

/** Opens every item of `sealed` with the keys of `keyring`. Everything that an object can be guilty of is a value here. */
export async function unsealItems(
  sealed: SealedSecret,
  keyring: Keyring<OpeningKey>,
  options: UnsealItemsOptions = {},
): Promise<UnsealResult> {
  const isWhole = hasWholeSecret(sealed);
  const refusal = isWhole ? refuseWholeSecret(sealed, options.acceptV1 ?? true) : null;
  if (refusal !== null) return { kind: 'failed', failures: [refusal] };
  const { opening, failures } = await openSealed(sealed, keyring, { surroundings: options });
  if (failures !== null) {
    for (const item of opening.opened.values()) item.wipe();
    return { kind: 'failed', failures };
  }
  const keys = new Set(opening.keys.map((key) => key.fingerprint));
  if (!isWhole) return { kind: 'opened', items: opening.opened, keys };
  return unfold(opening.opened.get(WHOLE_SECRET) ?? SecretBytes.fromText(''), keys);
}

/**
 * The Secret of `sealed`, for use without a cluster: it has no owner reference.
 * @throws UnsealError with every item that does not open; SealingError `TEMPLATE_*`.
 */
export async function unsealSecret(
  sealed: SealedSecret,
  keyring: Keyring<OpeningKey>,
  options: UnsealOptions = {},
): Promise<Secret> {
  const result = await unsealItems(sealed, keyring, options);
  if (result.kind === 'failed') {
    const { namespace, name } = placeOf(sealed);
    const place = namespace === '' ? name : `${namespace}/${name}`;
    throw new UnsealError(`SealedSecret ${JSON.stringify(place)}`, result.failures);
  }
  try {
    const { renderer, seed = crypto.getRandomValues(new Uint8Array(SEED_BYTES)), at = new Date() } = options;
    const { whole } = result;
    return await secretFromItems(sealed, result.items, {
      ...(renderer && { rendering: { renderer, seed, at } }),
      ...(whole && { whole }),
    });
  } finally {
    for (const item of result.items.values()) item.wipe();
  }
}

/** The deprecated form: what one sealed value holds takes the place of items and template. */
function unfold(opened: SecretBytes, keys: ReadonlySet<Fingerprint>): UnsealResult {
  const whole = readWholeSecret(opened);
  opened.wipe();
  if ('code' in whole) return { kind: 'failed', failures: [whole] };
  return { kind: 'opened', items: whole.items, keys, whole: whole.template };
}
