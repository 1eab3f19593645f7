/** @module Masks what looks like a secret in a finished line of text: the last guard, after all the others. */

const MASK = '[redacted]';

/**
 * Shapes of secrets and what is left of them. No pattern has nested repetition, so the time is linear in the line.
 * In JSON lines a newline of a PEM block stands as a backslash and an n.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\:,-]*/g, MASK],
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'\\]{1,4096}@/gi, `$1${MASK}@`],
  [/\b((?:proxy-)?authorization\W{1,6}(?:basic|bearer)\s+|bearer\s+)[A-Za-z0-9+/=._~-]{8,}/gi, `$1${MASK}`],
  [
    /\b((?:password|passwd|passphrase|client_secret|access_token|refresh_token|id_token|api_key|apikey|token)=)[^\s"'&;,\\]+/gi,
    `$1${MASK}`,
  ],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, MASK],
];

/** `line` with private keys, URL credentials, bearer tokens, JSON web tokens and `password=` values masked. */
export function redact(line: string): string {
  return SHAPES.reduce((text, [shape, replacement]) => text.replace(shape, replacement), line);
}
