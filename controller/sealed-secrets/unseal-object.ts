/** @module Opens one SealedSecret and builds its Secret, or says in the words of its status why it cannot be. */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { Surroundings } from '../../shared/sealing/diagnose-items.ts';
import { SealingError, TemplateError } from '../../shared/sealing/errors.ts';
import { causeOf, describeFailures, type ItemFailure } from '../../shared/sealing/item-failure.ts';
import type { Keyring } from '../../shared/sealing/keyring.ts';
import { isRendered, type Rendering, secretFromItems } from '../../shared/sealing/secret-from-items.ts';
import { unsealItems } from '../../shared/sealing/unseal-secret.ts';
import type { UnsealFailureReason } from './verdict.ts';

/** The Secret that was sealed, or why there is none. Messages quote no values. */
export type OpenResult =
  | {
      readonly kind: 'opened';
      readonly secret: Secret;
      readonly keys: ReadonlySet<Fingerprint>;
      /** Whether templates were rendered, so that clock and chance may have a part in the result. */
      readonly isRendered: boolean;
    }
  | {
      readonly kind: 'failed';
      /** `stalled`: only a change of the object can mend it. `waiting`: it is not the object's fault, and worth another try. */
      readonly state: 'stalled' | 'waiting';
      /** Whether another try under the same keys would come to the same, also after a restart with other flags. */
      readonly isLasting: boolean;
      readonly reason: UnsealFailureReason;
      readonly message: string;
      /** The keys that opened every item, where it is not the items that fail; else null. */
      readonly keys: ReadonlySet<Fingerprint> | null;
    };

/** How objects are opened. */
export interface OpenOptions {
  readonly rendering: Rendering;
  /** Whether the deprecated form, a whole Secret in `spec.data`, is opened. */
  readonly acceptV1: boolean;
  /** What makes the reasons of failures more precise. */
  readonly surroundings: Surroundings;
}

/** Opens `sealed` with `keyring`. Whatever is wrong with the object is part of the result; a throw is a bug. */
export async function openSealedSecret(
  sealed: SealedSecret,
  keyring: Keyring,
  { rendering, acceptV1, surroundings }: OpenOptions,
): Promise<OpenResult> {
  const result = await unsealItems(sealed, keyring, { ...surroundings, acceptV1 });
  if (result.kind === 'failed') {
    const { failures } = result;
    const isLasting = !failures.some(({ code }) => code === 'UNSEAL_V1_REFUSED');
    const [reason, message] = [reasonOf(failures), messageOf(failures)];
    return { kind: 'failed', state: 'stalled', isLasting, reason, message, keys: null };
  }
  const { items, keys, whole } = result;
  try {
    const secret = await secretFromItems(sealed, items, { rendering, ...(whole && { whole }) });
    return { kind: 'opened', secret, keys, isRendered: isRendered(sealed) };
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    return failedTemplate(error instanceof TemplateError ? error.openly : error, keys);
  } finally {
    for (const item of result.items.values()) item.wipe();
  }
}

/** `error` must not depend on values: whoever may write the object and read its status would learn them. */
function failedTemplate(error: SealingError, keys: ReadonlySet<Fingerprint>): OpenResult {
  const message = `${describeError(error)}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  const isLasting = !isEngineFault(error);
  const state = isLasting ? 'stalled' : 'waiting';
  return { kind: 'failed', state, isLasting, reason: 'TemplateFailed', message, keys };
}

function isEngineFault({ code }: SealingError): boolean {
  return code === 'TEMPLATE_ENGINE_MISSING' || code === 'TEMPLATE_ENGINE_BUSY' || code === 'TEMPLATE_ENGINE_FAILED';
}

/** The reason that needs the most work to mend stands for all. */
function reasonOf(failures: readonly ItemFailure[]): UnsealFailureReason {
  const causes = new Set(failures.map((failure) => causeOf(failure.code)));
  if (causes.has('malformed')) return 'Malformed';
  return causes.has('label') ? 'WrongScope' : 'KeyNotFound';
}

/** Leaves room for reasons and hints in what a status can carry. */
const MAX_NAMES_LENGTH = 700;

function messageOf(failures: readonly ItemFailure[]): string {
  const hints = [...new Set(failures.flatMap((failure) => failure.hint ?? []))];
  return [describeFailures(failures, MAX_NAMES_LENGTH), ...hints].join('\n');
}
