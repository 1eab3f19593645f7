/**
 * @module Items of a SealedSecret encrypted anew by a controller. It is sent nothing but the items and what they are bound to, and of its
 * answer nothing counts but the new values: what else a controller makes of the object is no concern of anybody's files.
 */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import { isMap, textOf } from '../../shared/encoding/value-kind.ts';
import { RECEIPT_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { keysByItem } from '../../shared/sealing/check-receipt.ts';
import { readSealedItems, type SealedItems } from '../../shared/sealing/read-sealed-items.ts';
import { readReceipt } from '../../shared/sealing/receipt.ts';
import { placeOf, scopeAnnotations } from '../../shared/sealing/scope.ts';
import type { Cluster } from './cluster.ts';
import { MAX_QUESTION_BYTES, questionText, type RotateAnswer, rotateSealedSecret } from './controller-service.ts';
import type { FoundController } from './find-controller.ts';

/** New values by item name and the key of each, or why there are none. */
export type RotatedItems =
  | {
      readonly kind: 'rotated';
      readonly values: ReadonlyMap<string, string>;
      readonly keys: ReadonlyMap<string, Fingerprint>;
    }
  | { readonly kind: 'refused' | 'failed'; readonly reason: string }
  | TooLarge;

/** An item is more than a controller takes. */
interface TooLarge {
  readonly kind: 'too-large';
  readonly reason: string;
}

/** What is to be encrypted again. */
export interface RotateRequest {
  readonly sealed: SealedSecret;
  /** Items of it. */
  readonly names: ReadonlySet<string>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** How long one object may wait for a controller that is asked too often. */
const MAX_WAIT_MS = 300_000;
const CANNOT_OPEN =
  'the controller cannot open it: it was sealed for another place, or to a key that the controller does not hold';

/**
 * Has `controller` encrypt the items `names` of `sealed`, and waits as long as it asks for. What is more than a controller takes at once
 * is sent in several questions.
 * @throws KubeError
 */
export async function rotateItems(
  cluster: Cluster,
  controller: FoundController,
  { sealed, names, sleep }: RotateRequest,
): Promise<RotatedItems> {
  const values = new Map<string, string>();
  const keys = new Map<string, Fingerprint>();
  const parts = partsOf(sealed, names);
  if (!Array.isArray(parts)) return parts;
  for (const part of parts) {
    const question = questionOf(sealed, part);
    const ask = () => rotateSealedSecret(cluster, controller.place, question);
    const answer = await askPatiently(ask, sleep);
    if (answer.kind === 'refused') return { kind: 'refused', reason: CANNOT_OPEN };
    if (answer.kind !== 'rotated') return answer;
    const own = valuesOf(answer.object, question);
    if (own === null) return { kind: 'failed', reason: 'the controller does not answer with the same items' };
    for (const [item, value] of own) values.set(item, value);
    for (const [item, key] of await keysOf(answer.object as SealedSecret, own, controller)) keys.set(item, key);
  }
  return { kind: 'rotated', values, keys };
}

/** `names` in as few parts as fit into one question each, in their order. */
function partsOf(sealed: SealedSecret, names: ReadonlySet<string>): ReadonlySet<string>[] | TooLarge {
  const free = MAX_QUESTION_BYTES - lengthOf(questionOf(sealed, new Set()));
  const parts: Set<string>[] = [];
  let left = 0;
  for (const [item, value] of Object.entries(sealed.spec.encryptedData)) {
    if (!names.has(item)) continue;
    // With the comma or the braces around it.
    const length = lengthOf({ [item]: value });
    if (length > free) return tooLarge(item);
    if (length > left) {
      parts.push(new Set());
      left = free;
    }
    parts.at(-1)?.add(item);
    left -= length;
  }
  return parts;
}

function lengthOf(value: unknown): number {
  return Buffer.byteLength(questionText(value));
}

function tooLarge(item: string): TooLarge {
  return {
    kind: 'too-large',
    reason: `item ${JSON.stringify(item)} is above the 1 MiB that a controller takes at once`,
  };
}

async function askPatiently(ask: () => Promise<RotateAnswer>, sleep: (ms: number) => Promise<void>) {
  let waitedMs = 0;
  for (;;) {
    const answer = await ask();
    const waitMs = answer.kind === 'failed' ? answer.retryAfterMs : undefined;
    if (waitMs === undefined || waitedMs + waitMs > MAX_WAIT_MS) return answer;
    await sleep(waitMs);
    waitedMs += waitMs;
  }
}

/** The receipt, or its empty place, makes a controller that knows receipts write a new one. */
function questionOf(sealed: SealedSecret, names: ReadonlySet<string>): SealedSecret {
  const { scope, namespace, name } = placeOf(sealed);
  const receipt = annotationOf(sealed.metadata, RECEIPT_ANNOTATION);
  const items = Object.entries(sealed.spec.encryptedData).filter(([item]) => names.has(item));
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: {
      name,
      ...(namespace !== '' && { namespace }),
      annotations: {
        ...scopeAnnotations(scope),
        [RECEIPT_ANNOTATION]: textOf(receipt),
      },
    },
    spec: { encryptedData: Object.fromEntries(items) },
  };
}

/**
 * The new values, unless an item is missing, added, no sealed value, the old one, or of another length. Whether they hold the same as
 * before only a private key can tell.
 */
function valuesOf(answer: unknown, question: SealedSecret): ReadonlyMap<string, string> | null {
  const spec = isMap(answer) ? answer['spec'] : undefined;
  const data = isMap(spec) ? spec['encryptedData'] : undefined;
  if (!isMap(data)) return null;
  const before = new Map(Object.entries(question.spec.encryptedData));
  const { items, failures } = readSealedItems({ ...question, spec: { encryptedData: data as Record<string, string> } });
  if (failures.length > 0 || items.length !== before.size) return null;
  const lengths = lengthsOf(readSealedItems(question));
  if ([...lengthsOf({ items })].some(([item, length]) => length !== lengths.get(item))) return null;
  const values = new Map<string, string>();
  for (const [item, value] of Object.entries(data)) {
    if (typeof value !== 'string' || !before.has(item) || before.get(item) === value) return null;
    values.set(item, value);
  }
  return values;
}

function lengthsOf({ items }: Pick<SealedItems, 'items'>): ReadonlyMap<string, number> {
  return new Map(items.map(({ name, envelope }) => [name, envelope.ciphertext.length]));
}

/** As the answer's receipt says; a controller that writes none is taken to use the certificate that it hands out. */
async function keysOf(
  answer: SealedSecret,
  values: ReadonlyMap<string, string>,
  { certificate }: FoundController,
): Promise<ReadonlyMap<string, Fingerprint>> {
  const receipt = isMap(answer.metadata) ? readReceipt(answer.metadata) : null;
  const told = receipt === null ? new Map<string, Fingerprint>() : await keysByItem(answer, receipt);
  return new Map([...values.keys()].map((item) => [item, told.get(item) ?? certificate.fingerprint]));
}
