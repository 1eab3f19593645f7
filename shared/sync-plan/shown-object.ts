/**
 * @module Two states of one object as they may be shown: without what only a server says, and with no value of a Secret. Values are
 * masked here and nowhere else; whatever compares or prints states of objects starts from this form.
 */
import { canonicalJson } from '../encoding/json.ts';
import { fieldsOf, isMap, ownValue } from '../encoding/value-kind.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { hideValue, maskPaths } from './mask-paths.ts';
import { isSecret } from './normalize-secret.ts';
import type { ConfidentialPath } from './rendered-object.ts';

/**
 * Where a value stands. Values that live in the cluster and values that come from Git are digested apart: whoever may change the files could
 * otherwise plant guesses among them, and compare their digests with that of a value in the cluster. `text`: no secret.
 */
export type DigestSide = 'live' | 'git' | 'text';

/** A short keyed digest of `value`, the same for equal values of one side; the key is of one run and never shown. */
export type DigestValue = (side: DigestSide, value: string) => string;

/** A state that may be shown: plain JSON, keys sorted but for the usual first ones. */
export type ShownObject = Readonly<Record<string, unknown>>;

/** What an object is now and what it shall be; null for an object that is not there. */
export interface ObjectPair {
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
  /** Places beyond Secrets that hold values of Secrets; hidden on both sides. */
  readonly confidential?: readonly ConfidentialPath[];
}

/** Both sides of an {@link ObjectPair}, fit to be shown. They are equal exactly when the objects are, as far as a sync goes. */
export interface ShownPair {
  readonly before: ShownObject | null;
  readonly after: ShownObject | null;
}

const SECRET_FIELDS: readonly string[] = ['data', 'stringData'];
const FIRST_KEYS: readonly string[] = ['apiVersion', 'kind', 'metadata'];
/** Copies of whole objects, which may be Secrets; no one edits them by hand. */
const COPY_ANNOTATION =
  /last-applied|^(?:kapp\.k14s\.io\/original|objectset\.rio\.cattle\.io\/applied|pv\.kubernetes\.io\/original)/;
/** Of annotations on a Secret only Signet's own are known to hold no copy of a value. */
const OPEN_ANNOTATION = /^signet\.dev\//;

/** Longest line of a text that is shown in full, in characters. */
const MAX_LINE = 240;
/** What is shown of a longer one. */
const SHOWN_OF_LINE = 160;
/** Deeper values are shown as one line of JSON. */
const MAX_DEPTH = 40;

/**
 * `pair` as it may be shown. Of the metadata only name, namespace, labels and annotations are left, and the status is gone. Each changed
 * value of a Secret is a digest, each other one `(unchanged)`; annotations that copy whole objects are left out.
 */
export function showPair(pair: ObjectPair, digest: DigestValue): ShownPair {
  const { before, after } = hidePlaces(pair, digest);
  const isMasked = [pair.before, pair.after].some((object) => object !== null && isSecret(object));
  const masked = isMasked ? maskPair({ before, after }, digest) : { before, after };
  return {
    before: masked.before === null ? null : arrange(masked.before, digest),
    after: masked.after === null ? null : arrange(masked.after, digest),
  };
}

function hidePlaces({ before, after, confidential = [] }: ObjectPair, digest: DigestValue): ShownPair {
  const live = before === null ? null : comparable(before);
  const git = after === null ? null : comparable(after);
  const hide = (side: DigestSide) => (text: string) => digest(side, text);
  return {
    before: live === null ? null : fieldsOf(maskPaths(live, git, confidential, hide('live'))),
    after: git === null ? null : fieldsOf(maskPaths(git, live, confidential, hide('git'))),
  };
}

function comparable(object: KubeObject): ShownObject {
  const { metadata, status: _status, ...rest } = object;
  const { name, namespace } = metadata;
  const annotations = Object.entries(fieldsOf(metadata.annotations)).filter(([key]) => !COPY_ANNOTATION.test(key));
  const labels = fieldsOf(metadata.labels);
  const shown = {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
  };
  return { ...rest, metadata: shown };
}

function maskPair({ before, after }: ShownPair, digest: DigestValue): ShownPair {
  return {
    before: before && maskSide(before, after, (value) => digest('live', value)),
    after: after && maskSide(after, before, (value) => digest('git', value)),
  };
}

function maskSide(own: ShownObject, other: ShownObject | null, digest: (value: string) => string): ShownObject {
  const masked = Object.entries(own).map(([field, value]): [string, unknown] => {
    const counterpart = other === null ? undefined : ownValue(other, field);
    if (SECRET_FIELDS.includes(field)) return [field, maskValues(value, counterpart, digest)];
    return [field, field === 'metadata' ? maskAnnotations(value, counterpart, digest) : value];
  });
  return Object.fromEntries(masked);
}

/** Each value of a map of values; what is no map, against all rules, is masked as a whole. */
function maskValues(value: unknown, other: unknown, digest: (value: string) => string): unknown {
  if (!isMap(value)) return hideValue(value, other, digest);
  const others = fieldsOf(other);
  const items = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(items.map(([key, item]) => [key, hideValue(item, ownValue(others, key), digest)]));
}

function maskAnnotations(metadata: unknown, other: unknown, digest: (value: string) => string): unknown {
  const fields = fieldsOf(metadata);
  const annotations = ownValue(fields, 'annotations');
  if (annotations === undefined) return metadata;
  const open = Object.entries(fieldsOf(annotations)).filter(([name]) => OPEN_ANNOTATION.test(name));
  const masked = fieldsOf(maskValues(annotations, ownValue(fieldsOf(other), 'annotations'), digest));
  return { ...fields, annotations: { ...masked, ...Object.fromEntries(open) } };
}

function arrange(object: ShownObject, digest: DigestValue): ShownObject {
  const arranged = fieldsOf(arrangeValue(object, digest, 0));
  const first = FIRST_KEYS.filter((key) => Object.hasOwn(arranged, key));
  const rest = Object.keys(arranged).filter((key) => !FIRST_KEYS.includes(key));
  return Object.fromEntries([...first, ...rest].map((key) => [key, arranged[key]]));
}

/** Sorted, so that two servers' orders of fields are no difference; and with nothing that fills a screen. */
function arrangeValue(value: unknown, digest: DigestValue, depth: number): unknown {
  if (typeof value === 'string') return shortenLines(value, digest);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return shortenLines(canonicalJson(value), digest);
  if (Array.isArray(value)) return value.map((item) => arrangeValue(item, digest, depth + 1));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, item]) => [key, arrangeValue(item, digest, depth + 1)]));
}

/** Two long lines that differ only where nobody sees it still look different: the digest is of the whole line. */
function shortenLines(text: string, digest: DigestValue): string {
  if (text.length <= MAX_LINE) return text;
  const shorten = (line: string): string =>
    line.length <= MAX_LINE
      ? line
      : `${line.slice(0, SHOWN_OF_LINE).toWellFormed()}… (${line.length} characters, ${digest('text', line)})`;
  return text.split('\n').map(shorten).join('\n');
}
