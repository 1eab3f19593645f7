/** @module Turns any thrown value into one line of text for a person. */

const MAX_CAUSES = 8;

/** One line for `error`: its message and those of its causes, joined by colons; never a stack. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  // Counted, because a chain of causes can lead back to itself.
  for (let depth = 0; depth < MAX_CAUSES && current !== undefined && current !== null; depth += 1) {
    const text = messageOf(current);
    if (text !== '' && !parts.some((part) => part.includes(text))) parts.push(text);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.length === 0 ? 'unknown error' : onOneLine(parts.join(': '));
}

/** Not with one pattern for blanks and line breaks: its time would be the square of the number of blanks, which anybody can send. */
function onOneLine(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
  const lines = text.split(/[\r\n]+/);
  return lines.map((line) => line.trim()).join(' ');
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(describeError).join('; ');
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}
