/** @module One line of comma-separated values as Go's encoding/csv reads it, which is how kubeseal splits its list flags. */

/** The fields, or why the text has none. */
export type CsvRecord = { readonly fields: readonly string[] } | { readonly problem: string };

/** The first record of `text`: no fields for an empty text, and nothing of what follows a line break. */
export function parseCsvRecord(text: string): CsvRecord {
  const fields: string[] = [];
  const line = text.replace(/^(?:\r?\n)+/, '');
  if (line === '') return { fields };
  let at = 0;
  for (;;) {
    const field = line[at] === '"' ? readQuoted(line, at) : readBare(line, at);
    if ('problem' in field) return field;
    fields.push(field.text);
    if (line[field.end] !== ',') return { fields };
    at = field.end + 1;
  }
}

type Field = { readonly text: string; readonly end: number } | { readonly problem: string };

function readBare(line: string, start: number): Field {
  const text = /^[^,\r\n]*/.exec(line.slice(start))?.[0] ?? '';
  const quote = text.indexOf('"');
  if (quote >= 0) return problemAt(start + quote + 1, 'bare " in non-quoted-field');
  return { text, end: start + text.length };
}

/** A quote inside is written twice. */
function readQuoted(line: string, start: number): Field {
  const [whole = '', body = ''] = /^"((?:[^"]|"")*)"/.exec(line.slice(start)) ?? [];
  if (whole === '') return problemAt(line.length + 1, UNFINISHED);
  const end = start + whole.length;
  const next = line[end];
  if (next !== undefined && !',\r\n'.includes(next)) return problemAt(end, UNFINISHED);
  return { text: body.replaceAll('""', '"'), end };
}

const UNFINISHED = 'extraneous or missing " in quoted-field';

function problemAt(column: number, what: string): Field {
  return { problem: `parse error on line 1, column ${column}: ${what}` };
}
