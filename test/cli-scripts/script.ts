/**
 * @module The transcripts of this folder, parsed. A transcript is a text file:
 *
 *     # Comments and blank lines mean nothing.
 *     > signet seal -f app.yaml --cert cert.pem     a command; words may be quoted; `NAME=value` in front sets the environment,
 *     exit 3                                        `NOW=` the clock, `TYPED=a|b` what is typed at prompts, and `< file` is standard input
 *     stdout:                                       what it must print: the indented lines below
 *       kind: SealedSecret
 *     stderr:
 *       signet: error: <*>                          `<*>` stands for any text in a line, a line `...` for any lines
 *     file sealed.yaml:                             what the file must hold then, likewise
 *     unchanged app.yaml                            it still holds what the transcript gave it
 *     absent sealed.yaml
 *     -- app.yaml --                                files of the folder to begin with, to the end of the transcript
 *
 * What is not said is claimed, too: exit 0, and no output.
 */

/** One command with what must come of it. */
export interface Step {
  readonly line: number;
  readonly words: readonly string[];
  readonly exit: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly files: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly unchanged: readonly string[];
  readonly absent: readonly string[];
}

/** A whole transcript. */
export interface Script {
  readonly steps: readonly Step[];
  readonly files: ReadonlyMap<string, string>;
}

interface OpenStep {
  line: number;
  words: readonly string[];
  exit: number;
  stdout: string[];
  stderr: string[];
  files: { name: string; lines: string[] }[];
  unchanged: string[];
  absent: string[];
}

/** Parses the text of a transcript; throws on a line that it does not know. */
export function parseScript(text: string): Script {
  const lines = text.split('\n');
  const firstFile = lines.findIndex((line) => FILE_MARK.test(line));
  const end = firstFile < 0 ? lines.length : firstFile;
  return { steps: parseSteps(lines.slice(0, end)), files: parseFiles(lines.slice(end)) };
}

const FILE_MARK = /^-- (\S+) --$/;

function parseSteps(lines: readonly string[]): readonly Step[] {
  const steps: OpenStep[] = [];
  let block: string[] | null = null;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('  ') && block !== null) {
      block.push(line.slice(2));
      continue;
    }
    block = null;
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (line.startsWith('> ')) {
      const words = splitWords(line.slice(2));
      steps.push({ line: at + 1, words, exit: 0, stdout: [], stderr: [], files: [], unchanged: [], absent: [] });
      continue;
    }
    const step = steps.at(-1);
    if (step === undefined) throw new Error(`line ${at + 1}: a claim before the first command`);
    block = parseClaim(line, step, at + 1);
  }
  return steps;
}

/** Takes in one claim; returns where the indented lines below it go. */
function parseClaim(line: string, step: OpenStep, number: number): string[] | null {
  if (line === 'stdout:') return step.stdout;
  if (line === 'stderr:') return step.stderr;
  const [word = '', ...names] = line.replace(/:$/, '').split(' ');
  if (word === 'exit') step.exit = Number(names[0]);
  else if (word === 'unchanged') step.unchanged.push(...names);
  else if (word === 'absent') step.absent.push(...names);
  else if (word === 'file' && line.endsWith(':')) {
    const file = { name: names.join(' '), lines: [] };
    step.files.push(file);
    return file.lines;
  } else throw new Error(`line ${number}: unknown claim "${line}"`);
  return null;
}

function parseFiles(lines: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let name = '';
  for (const line of lines) {
    const mark = FILE_MARK.exec(line)?.[1];
    if (mark !== undefined) {
      files.set(mark, '');
      name = mark;
    } else files.set(name, `${files.get(name) ?? ''}${line}\n`);
  }
  // The last line of the transcript ends in a newline of its own.
  if (name !== '') files.set(name, (files.get(name) ?? '').replace(/\n$/, ''));
  return files;
}

function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
}
