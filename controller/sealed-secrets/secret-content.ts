/** @module The part of a Secret that a SealedSecret decides on, cut out of a live Secret to be compared or digested. */
import type { KubeObject, OwnerReference } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, UnsealMode } from '../../shared/resources/sealed-secret.ts';

/** What is compared. Labels and annotations that others added are no part of it, nor are keys that they own or that Kubernetes issues. */
export interface SecretContent {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly isImmutable: boolean;
  /** Whether the SealedSecret is among the owners. */
  readonly isOwned: boolean;
}

/** Which parts of a Secret count. Undefined `dataKeys`: all keys. */
export interface ContentShape {
  readonly dataKeys: ReadonlySet<string> | undefined;
  readonly labelKeys: ReadonlySet<string>;
  readonly annotationKeys: ReadonlySet<string>;
  readonly ownerUid: string;
}

/** By the type of a Secret the keys that Kubernetes itself fills in, and puts back when somebody else changes them. */
const ISSUED_KEYS: ReadonlyMap<unknown, ReadonlySet<string>> = new Map([
  ['kubernetes.io/service-account-token', new Set(['ca.crt', 'namespace', 'token'])],
]);

/** The parts that `sealed` decides on: in `owned` mode every key of the Secret, else only its own ones. */
export function shapeOf(sealed: SealedSecret, mode: UnsealMode): ContentShape {
  const template = sealed.spec?.template ?? {};
  const literals = Object.entries(template.data ?? {}).flatMap(([key, value]) => (value === null ? [] : [key]));
  return {
    dataKeys: mode === 'owned' ? undefined : new Set([...Object.keys(sealed.spec?.encryptedData ?? {}), ...literals]),
    labelKeys: new Set(Object.keys(template.metadata?.labels ?? {})),
    annotationKeys: new Set(Object.keys(template.metadata?.annotations ?? {})),
    ownerUid: sealed.metadata.uid ?? '',
  };
}

/** What `secret` holds of `shape`. */
export function contentOf(secret: KubeObject, shape: ContentShape): SecretContent {
  const { labels, annotations, ownerReferences = [] } = secret.metadata;
  const type = secret['type'];
  return {
    type: typeof type === 'string' ? type : 'Opaque',
    data: sealedData(pick(secret['data'], shape.dataKeys), type),
    labels: pick(labels, shape.labelKeys),
    annotations: pick(annotations, shape.annotationKeys),
    isImmutable: secret['immutable'] === true,
    isOwned: ownerReferences.some((reference: OwnerReference) => reference.uid === shape.ownerUid),
  };
}

/** What Kubernetes itself has put into the data of `secret`. */
export function issuedData(secret: KubeObject): Record<string, string> {
  return pick(secret['data'], ISSUED_KEYS.get(secret['type']) ?? new Set());
}

function sealedData(data: Readonly<Record<string, string>>, type: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !ISSUED_KEYS.get(type)?.has(key)));
}

/** Built from entries: assignment would lose a key named `__proto__`. */
function pick(map: unknown, keys: ReadonlySet<string> | undefined): Record<string, string> {
  const entries = Object.entries((map ?? {}) as Record<string, string>);
  return Object.fromEntries(keys === undefined ? entries : entries.filter(([key]) => keys.has(key)));
}
