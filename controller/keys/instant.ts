/** @module RFC 3339 instants, as rotation requests carry them. */

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970 of an RFC 3339 `text`, or null when it is none. */
export function parseInstant(text: string): number | null {
  if (!RFC_3339.test(text)) return null;
  const instantMs = Date.parse(text.toUpperCase());
  return Number.isNaN(instantMs) ? null : instantMs;
}
