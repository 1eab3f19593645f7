/**
 * @module What may be repeated of the API server's own words. Its messages quote values: whole objects in 422 answers, the
 * offending value in 400 and 500 ones. Known sentences are told anew without them; unknown ones are cleaned of literals
 * and of everything that the request carried, and for Secrets not repeated at all.
 */
import { fieldsOf, isMap, textOf } from '../encoding/value-kind.ts';
import type { Call } from './call.ts';
import { type FieldCause, readFieldCause } from './field-cause.ts';
import { withoutLiterals } from './printed-value.ts';
import { withoutSentValues } from './sent-values.ts';
import { isDenial, knownPhrase, policyPhrase } from './status-phrases.ts';

/** A Status that is fit to be shown. */
export interface RedactedStatus {
  /** What is wrong; empty when nothing of it can be told. */
  readonly text: string;
  readonly causes: readonly { readonly field: string; readonly reason: string }[];
}

const MAX_READ = 16 * 1024;
const MAX_SHOWN = 800;
const MAX_CAUSES = 10;
const MAX_CAUSES_KEPT = 100;
/** Known sentences quote paths, whose words may also be values somewhere; longer values are no such words. */
const LONGEST_PATH_WORD = 16;

/** Explanations that quote nothing; they are all that is repeated about Secrets. */
const PLAIN_DETAILS: readonly RegExp[] = [
  /^field is immutable(?: when `immutable` is set)?$/,
  /^(?:may|must) (?:not )?(?:be|have) (?:no |at )?(?:more|most|less|least) (?:than )?\d+ \w+$/,
  /^a (?:valid (?:config key|label)|lowercase RFC 1123 (?:label|subdomain)|qualified name)[^"]*$/,
  /^[\w.[\]-]+ in body must be of type (?:\w+)(?:: "(?:string|integer|number|boolean|object|array|null)")?$/,
  /^(?:name part|prefix part) must [^"]*$/,
];

/** What can be said about a refused `call`. */
export function redactStatus(call: Call, status: Readonly<Record<string, unknown>>): RedactedStatus {
  const details = fieldsOf(status['details']);
  const entries = Array.isArray(details['causes']) ? details['causes'].filter(isMap).map(readFieldCause) : [];
  const causes = entries.filter((cause) => cause.field !== '' && cause.fault !== '');
  const message = textOf(status['message']);
  const text = causes.length > 0 ? describeRefusal(call, message, causes) : redactText(call, message);
  const named = entries.filter((cause) => cause.field !== '').slice(0, MAX_CAUSES_KEPT);
  return { text, causes: named.map(({ field, reason }) => ({ field, reason })) };
}

/** `text` of the server about `call`, without values; empty when nothing of it can be told. */
export function redactText(call: Call, text: string): string {
  const message = text.slice(0, MAX_READ);
  const policy = policyPhrase(message);
  const known = policy === null ? knownPhrase(message) : null;
  if (known !== null) return shorten(withoutSentValues(known, call.sent, LONGEST_PATH_WORD));
  if (isSecretive(call)) return policy ?? '';
  return cleaned(call, message);
}

/** The fields that a rule names are not the server's own, and say nothing of whose rule it is; its sentence repeats their values. */
function describeRefusal(call: Call, message: string, causes: readonly FieldCause[]): string {
  if (!isDenial(message)) return describeCauses(call, causes);
  const denial = policyPhrase(message) ?? 'a rule of the cluster denied it';
  return isSecretive(call) ? denial : shorten(`${denial}: ${describeCauses(call, causes)}`);
}

function describeCauses(call: Call, causes: readonly FieldCause[]): string {
  const told = causes.slice(0, MAX_CAUSES).map((cause) => {
    const detail = redactDetail(call, cause.detail);
    return `${cause.field}: ${cause.fault}${detail === '' ? '' : `: ${detail}`}`;
  });
  const more = causes.length > MAX_CAUSES ? [`and ${causes.length - MAX_CAUSES} more`] : [];
  return shorten([...new Set(told), ...more].join('; '));
}

function redactDetail(call: Call, detail: string): string {
  // Examples and patterns make these sentences three lines long.
  const short = detail.slice(0, MAX_READ).replace(/,? \(e\.g\. [\s\S]*$/, '');
  if (PLAIN_DETAILS.some((pattern) => pattern.test(short))) return short;
  const known = knownPhrase(short);
  if (known !== null) return known;
  return isSecretive(call) ? '' : cleaned(call, short);
}

/** Objects whose every value may be a secret. */
function isSecretive(call: Call): boolean {
  return call.holdsSecrets === true || call.type?.kind === 'Secret' || call.type?.kind === 'SealedSecret';
}

function cleaned(call: Call, message: string): string {
  // The decoder shows the bytes around a fault, which may begin anywhere in a value.
  const own = message
    .replace(/,? ?error found in #\d+ byte of [\s\S]*$/, '')
    .replace(/, got [\s\S]*?(?=\n {2}\.|$)/g, '')
    .replace(/\(\{"[\s\S]*$/, '');
  const clean = withoutSentValues(withoutLiterals(own), call.sent);
  // A value that the limit cut in two is not recognised; it is only shown when almost all before it was withheld.
  return message.length === MAX_READ && clean.length < 2 * MAX_SHOWN ? '' : shorten(clean);
}

function shorten(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would act on them
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN)}…`;
}
