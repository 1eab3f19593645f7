/** @module Bearer tokens as request headers. */

/** The headers for the token in `text`, without the blanks and line ends around it; null when it cannot be a token. */
export function bearerHeaders(text: string): Record<string, string> | null {
  const token = text.trim();
  return /^[\x21-\x7e]+$/.test(token) ? { authorization: `Bearer ${token}` } : null;
}
