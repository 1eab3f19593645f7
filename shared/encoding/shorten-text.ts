/** @module Text cut to a length, for places that take no more. */

/**
 * `text`, or its beginning and an ellipsis, in at most `maxLength` UTF-16 units. Half a character, where it is cut or was cut
 * before, is replaced: an API server would do so, and what it stores would not be what was said.
 */
export function shortenText(text: string, maxLength: number): string {
  return (text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`).toWellFormed();
}
