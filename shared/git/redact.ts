/** @module The one choke point through which text of the git program reaches a message. */

/** Text in, the same text without secrets out. */
export type Redact = (text: string) => string;

const MASK = '***';
/** Shorter values would mask ordinary words; a credential of this length protects nothing anyway. */
const MIN_SECRET_LENGTH = 4;

/** Removes the userinfo and query of every URL, values of authorization headers, and each of `secrets`, also in its URL-encoded form. */
export function createRedactor(secrets: readonly string[]): Redact {
  const values = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed())])
    .filter((value) => value.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => redactUrls(values.reduce((masked, value) => masked.replaceAll(value, MASK), text));
}

function redactUrls(text: string): string {
  return text.replace(WORD, redactWord).replace(/\b(authorization:\s*)[^\r\n]*/gi, `$1${MASK}`);
}

/** What an address in a sentence ends at. */
const WORD = /[^\s'"<>]+/g;

/** Each word is looked at once, from its first "://" on: texts come from hosts, and one of a few KiB can hold thousands of beginnings of addresses. */
function redactWord(word: string): string {
  const scheme = word.indexOf('://');
  if (scheme < 0) return word;
  const start = scheme + '://'.length;
  // Up to the last "@": a password that is written down wrongly may hold any character.
  const at = word.lastIndexOf('@');
  const masked = at < start ? word : `${word.slice(0, start)}${MASK}${word.slice(at)}`;
  const query = masked.indexOf('?', start);
  return query < 0 ? masked : `${masked.slice(0, query)}?${MASK}`;
}
