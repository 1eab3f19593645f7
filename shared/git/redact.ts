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
  return (
    text
      // Up to the last "@": a password that is written down wrongly may hold any character.
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s'"<>]*@/gi, `$1${MASK}@`)
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s'"<>?]*)\?[^\s'"<>]*/gi, `$1?${MASK}`)
      .replace(/\b(authorization:\s*)[^\r\n]*/gi, `$1${MASK}`)
  );
}
