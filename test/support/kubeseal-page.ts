/** @module The command lines of docs/kubeseal.md, each with the answer that the page promises. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One line of the page. */
export interface PageLine {
  /** Heading of its table. */
  readonly section: string;
  /** For a shell. */
  readonly line: string;
  readonly answer: 'same' | 'better';
}

const PAGE = fileURLToPath(new URL('../../docs/kubeseal.md', import.meta.url));
const ROW = /^\| `(.*kubeseal.*)` \| (same|better)(?:: .+)? \|$/;

/** Every command line, in order. */
export function readPageLines(): readonly PageLine[] {
  let section = '';
  const lines: PageLine[] = [];
  for (const text of readPage().split('\n')) {
    section = /^### (.+)$/.exec(text)?.[1] ?? section;
    const [, line, answer] = ROW.exec(text) ?? [];
    if (line !== undefined && (answer === 'same' || answer === 'better')) lines.push({ section, line, answer });
  }
  return lines;
}

/** The whole page. */
export function readPage(): string {
  return readFileSync(PAGE, 'utf8');
}
