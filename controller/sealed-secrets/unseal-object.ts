/** @module Opens one SealedSecret and builds its Secret, or says in the words of its status why it cannot be. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { SealingError } from '../../shared/sealing/errors.ts';
import { causeOf } from '../../shared/sealing/item-failure.ts';
import type { Keyring } from '../../shared/sealing/keyring.ts';
import {
  describeFailures,
  type ItemFailure,
  secretFromItems,
  unsealItems,
} from '../../shared/sealing/unseal-secret.ts';
import type { UnsealFailureReason } from './verdict.ts';

/** The Secret that was sealed, or why there is none. Messages quote no values. */
export type OpenResult =
  | { readonly kind: 'opened'; readonly secret: Secret }
  | { readonly kind: 'failed'; readonly reason: UnsealFailureReason; readonly message: string };

/** Opens `sealed` with `keyring`. Whatever is wrong with the object is part of the result; a throw is a bug. */
export async function openSealedSecret(sealed: SealedSecret, keyring: Keyring): Promise<OpenResult> {
  const result = await unsealItems(sealed, keyring);
  if (result.kind === 'failed') {
    return { kind: 'failed', reason: reasonOf(result.failures), message: messageOf(result.failures) };
  }
  try {
    return { kind: 'opened', secret: secretFromItems(sealed, result.items) };
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    const hint = error.hint === undefined ? '' : ` (${error.hint})`;
    return { kind: 'failed', reason: 'TemplateFailed', message: `${describeError(error)}${hint}` };
  } finally {
    for (const item of result.items.values()) item.wipe();
  }
}

/** The reason that needs the most work to mend stands for all. */
function reasonOf(failures: readonly ItemFailure[]): UnsealFailureReason {
  const causes = new Set(failures.map((failure) => causeOf(failure.code)));
  if (causes.has('malformed')) return 'Malformed';
  return causes.has('label') ? 'WrongScope' : 'KeyNotFound';
}

function messageOf(failures: readonly ItemFailure[]): string {
  const hints = [...new Set(failures.flatMap((failure) => failure.hint ?? []))];
  return [describeFailures(failures), ...hints].join('\n');
}
