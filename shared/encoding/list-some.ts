/** @module Lists that nobody would read to their end. */

/** The first `most` of `names`, and how many more there are: `a, b and 3 more`. */
export function listSome(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}
