/**
 * @module The two ways to encrypt a SealedSecret's items again: by a controller, through which no plaintext passes this machine, and with
 * private keys at hand.
 */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { describeFinding, isMove, keysByItem } from '../../shared/sealing/check-receipt.ts';
import { describeFailures } from '../../shared/sealing/item-failure.ts';
import type { Keyring, OpeningKey } from '../../shared/sealing/keyring.ts';
import { readReceipt } from '../../shared/sealing/receipt.ts';
import { receiptOf, resealItems } from '../../shared/sealing/reseal-secret.ts';
import type { Cluster } from '../connect/cluster.ts';
import type { FoundController } from '../connect/find-controller.ts';
import { rotateItems } from '../connect/rotate-items.ts';
import type { CertificateFinder } from '../connect/sealing-certificate.ts';
import type { SealedObject } from '../manifests/sealed-objects.ts';
import { CliError, type CliErrorCode } from '../terminal/errors.ts';
import { folderOf } from '../terminal/input-files.ts';
import { describeNeed, judgeNeed, type Need } from './reseal-need.ts';

/** New values, or why there are none. */
export type ResealOutcome =
  | {
      readonly kind: 'resealed';
      /** By item; empty when all were current. */
      readonly values: ReadonlyMap<string, string>;
      /** Of the object as it is then; null when it would be too long. */
      readonly receipt: string | null;
    }
  | { readonly kind: 'failed'; readonly error: CliError };

const MOVED = 'its values do not open there: put the object back, or seal them again';
const TOO_LARGE = 'reseal this file with --private-key, which has no such limit';

/** Encrypts again what needs it in `object`. @throws CodedError when nothing of the kind can be done for any object. */
export type ResealRoad = (object: SealedObject) => Promise<ResealOutcome>;

/** Through `controller`, which decides by the receipt what needs it; with `all`, everything does. */
export function throughController(
  cluster: Cluster,
  controller: FoundController,
  { all, sleep }: { readonly all: boolean; readonly sleep: (ms: number) => Promise<void> },
): ResealRoad {
  const keys = [controller.certificate.fingerprint];
  return async (object) => {
    const { sealed } = object;
    const need = await judgeNeed(object, keys);
    const names = itemsToReseal(need, all);
    if (names.size === 0) return leaveAsItIs(object, need);
    const answer = await rotateItems(cluster, controller, { sealed, names, sleep });
    if (answer.kind === 'rotated') {
      return { kind: 'resealed', values: answer.values, receipt: await receiptAfter(object, answer) };
    }
    const findings = describeNeed({ ...need, stale: new Map() }, keys);
    const reason = [answer.reason, ...findings].join('; ');
    const code = answer.kind === 'refused' ? 'CLI_CANNOT_UNSEAL' : 'CLI_CONTROLLER_FAILED';
    return failed(code, object, { reason, ...(answer.kind === 'too-large' && { hint: TOO_LARGE }) });
  };
}

function failed(
  code: CliErrorCode,
  { title }: SealedObject,
  { reason, hint }: { readonly reason: string; readonly hint?: string },
): ResealOutcome {
  const details = hint === undefined ? {} : { hint };
  return { kind: 'failed', error: new CliError(code, `cannot reseal ${title}: ${reason}`, details) };
}

/**
 * With the keys of `keyring`, to the certificate that `find` gives for the file's folder. What the receipt says to be sealed to that
 * already is not opened, since its key need not be at hand; of the rest the keys tell.
 */
export function withPrivateKeys(
  keyring: Keyring<OpeningKey>,
  find: CertificateFinder,
  { all, cwd }: { readonly all: boolean; readonly cwd: string },
): ResealRoad {
  return async (object) => {
    const { source, sealed } = object;
    const certificate = await find(folderOf(source.file.input, cwd));
    const need = await judgeNeed(object, [certificate.fingerprint]);
    const names = itemsToReseal(need, all);
    if (names.size === 0) return leaveAsItIs(object, need);
    const result = await resealItems(onlyItems(sealed, names), keyring, certificate, { keepCurrent: !all });
    if (result.kind === 'failed') {
      const [{ hint }] = result.failures;
      const reason = describeFailures(result.failures);
      return failed('CLI_CANNOT_UNSEAL', object, { reason, ...(hint !== undefined && { hint }) });
    }
    const data = 'encryptedData' in result.spec ? result.spec.encryptedData : {};
    const values = new Map(Object.entries(data).filter(([item]) => result.items.has(item)));
    const keys = new Map([...names].map((item) => [item, certificate.fingerprint]));
    return { kind: 'resealed', values, receipt: await receiptAfter(object, { values, keys }) };
  };
}

function itemsToReseal({ stale, unknown, current }: Need, all: boolean): ReadonlySet<string> {
  return new Set([...stale.keys(), ...unknown, ...(all ? current : [])]);
}

function onlyItems(sealed: SealedSecret, names: ReadonlySet<string>): SealedSecret {
  const items = Object.entries(sealed.spec.encryptedData).filter(([item]) => names.has(item));
  return { ...sealed, spec: { ...sealed.spec, encryptedData: Object.fromEntries(items) } };
}

/** Everything is sealed to the newest key, as the receipt says; it opens only where the receipt says, too. */
async function leaveAsItIs(object: SealedObject, { findings }: Need): Promise<ResealOutcome> {
  const moves = findings.filter(isMove).map(describeFinding);
  if (moves.length > 0) return failed('CLI_CANNOT_UNSEAL', object, { reason: moves.join('; '), hint: MOVED });
  return { kind: 'resealed', values: new Map(), receipt: await receiptAfter(object) };
}

/** What is known of the items that stay, and of those that are new. */
async function receiptAfter(
  { sealed }: SealedObject,
  fresh: {
    readonly values: ReadonlyMap<string, string>;
    readonly keys: ReadonlyMap<string, Fingerprint>;
  } | null = null,
): Promise<string | null> {
  const before = readReceipt(sealed.metadata);
  const keys = new Map(before === null ? [] : await keysByItem(sealed, before));
  for (const [item, key] of fresh?.keys ?? []) keys.set(item, key);
  const texts = new Map([...Object.entries(sealed.spec.encryptedData ?? {}), ...(fresh?.values ?? [])]);
  return receiptOf(sealed, texts, (item) => keys.get(item));
}
