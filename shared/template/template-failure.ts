/**
 * @module Failed templates in words. The words are ours, and what they quote is keys, places and names from the source of the
 * template: neither Go's messages nor any value.
 */
import { SealingError, TemplateError, type TemplateErrorCode } from '../sealing/errors.ts';
import type { TemplateCause, TemplateFailure, TemplateOutline } from './wire-format.ts';
import type { BrokenTask } from './worker-lane.ts';

interface Wording {
  readonly code: TemplateErrorCode;
  readonly problem: (subject: string) => string;
  readonly hint: string;
}

const RUN_IT = 'run the template with `signet unseal` to try it out';

const OF_TEMPLATE: Readonly<Record<TemplateCause, Wording>> = {
  syntax: {
    code: 'TEMPLATE_SYNTAX',
    problem: () => 'does not parse',
    hint: 'correct its syntax and the names of its functions, or write {{ "{{" }} for braces that are text',
  },
  'unknown-function': {
    code: 'TEMPLATE_SYNTAX',
    problem: (name) => `calls "${name}", which templates of SealedSecrets do not have`,
    hint: 'use the functions of sprig, without those that look at the machine',
  },
  function: {
    code: 'TEMPLATE_CALL_FAILED',
    problem: (name) => `function "${name}" fails`,
    hint: 'check what the function is given',
  },
  missing: {
    code: 'TEMPLATE_VALUE_MISSING',
    problem: (path) => (path === '' ? 'prints a value that is not there' : `there is no value for "${path}"`),
    hint: 'seal the missing value, or give a default, as in {{ .user | default "admin" }}',
  },
  value: {
    code: 'TEMPLATE_CALL_FAILED',
    problem: () => 'a value does not fit what is done with it',
    hint: 'check the kinds of the values and the names of the templates that are called',
  },
  'output-too-large': {
    code: 'TEMPLATE_OUTPUT_TOO_LARGE',
    problem: () => 'prints more than a Secret can hold',
    hint: 'print less than 1 MiB in all templates of the object together',
  },
  'too-deep': {
    code: 'TEMPLATE_TOO_DEEP',
    problem: () => 'calls templates more than 1000 levels deep',
    hint: 'end the recursion earlier',
  },
};

const OF_RUN: Readonly<
  Record<BrokenTask['cause'], { readonly code: TemplateErrorCode; readonly problem: string; readonly hint: string }>
> = {
  time: { code: 'TEMPLATE_TIMED_OUT', problem: 'takes too long', hint: 'loop less, or seal the finished text' },
  memory: { code: 'TEMPLATE_OUT_OF_MEMORY', problem: 'needs too much memory', hint: 'repeat and loop less' },
  depth: { code: 'TEMPLATE_TOO_DEEP', problem: 'nests too deeply', hint: 'nest less' },
  crash: { code: 'TEMPLATE_ENGINE_FAILED', problem: 'broke the template engine', hint: RUN_IT },
  unfit: { code: 'TEMPLATE_ENGINE_FAILED', problem: 'broke the template engine', hint: RUN_IT },
  closed: {
    code: 'TEMPLATE_ENGINE_FAILED',
    problem: 'was not rendered: the engine has been stopped',
    hint: 'try again',
  },
  busy: {
    code: 'TEMPLATE_ENGINE_BUSY',
    problem: 'was not rendered: too many others are waiting',
    hint: 'try again later',
  },
};

/** All of `failures`, at least one, as one error; its code is that of the first. */
export function failedTemplates(failures: readonly TemplateFailure[], outline: TemplateOutline): TemplateError {
  const { code, message, hint } = wordsOf(failures);
  return new TemplateError(code, message, { hint, openly: openly(outline) });
}

/** A run that came to nothing as an error. `key` is the template that was being rendered. */
export function brokenRun(
  { cause, limit }: BrokenTask,
  key: string | undefined,
  outline: TemplateOutline,
): SealingError {
  const { code, problem, hint } = OF_RUN[cause];
  const subject = key === undefined ? 'the template' : describeTemplate(key);
  const bound = limit === undefined ? '' : ` (at most ${limit})`;
  const message = `cannot make the Secret: ${subject}: ${problem}${bound}`;
  const isOfEngine = cause === 'unfit' || cause === 'closed' || cause === 'busy';
  if (isOfEngine) return new SealingError(code, message, { hint });
  return new TemplateError(code, message, { hint, openly: openly(outline) });
}

const MAX_NAMED = 20;
const ASK_ELSEWHERE =
  'why and where a template fails can depend on values: `signet unseal` with a private key tells it, and `kubeseal --recovery-unseal`';

/**
 * A failure in the words of the sources alone. There is one sentence for all that can go wrong while templates run, since a
 * template can choose among any two by a value.
 */
function openly({ failures, absent }: TemplateOutline): SealingError {
  if (failures.length > 0) {
    const { code, message, hint } = wordsOf(failures);
    return new SealingError(code, message, { hint });
  }
  const hint = `${absent.length > 0 ? `${OF_TEMPLATE.missing.hint}; ` : ''}${ASK_ELSEWHERE}`;
  const code = absent.length > 0 ? 'TEMPLATE_VALUE_MISSING' : 'TEMPLATE_CALL_FAILED';
  return new SealingError(code, `cannot make the Secret: ${describeAbsent(absent)}`, { hint });
}

function describeAbsent(absent: TemplateOutline['absent']): string {
  if (absent.length === 0) return 'a template fails with the values that it is given';
  const pairs = absent
    .slice(0, MAX_NAMED)
    .map(({ key, name }) => `${JSON.stringify(key)} names ${JSON.stringify(`.${name}`)}`);
  const others = absent.length > MAX_NAMED ? [`and ${absent.length - MAX_NAMED} others`] : [];
  return `a template needs a value that is not there, or fails otherwise: ${[...pairs, ...others].join(', ')}`;
}

function wordsOf(failures: readonly TemplateFailure[]) {
  const problems = failures.map((failure) => {
    const { problem } = OF_TEMPLATE[failure.cause];
    return `${describeTemplate(failure.key)}${describePlace(failure)}: ${problem(failure.subject)}`;
  });
  const hints = new Set(failures.map(({ cause }) => OF_TEMPLATE[cause].hint));
  const [code = 'TEMPLATE_ENGINE_FAILED'] = failures.map(({ cause }) => OF_TEMPLATE[cause].code);
  return { code, message: `cannot make the Secret: ${problems.join('; ')}`, hint: [...hints].join('; ') };
}

function describeTemplate(key: string): string {
  return `template ${JSON.stringify(key)}`;
}

function describePlace({ line, column }: TemplateFailure): string {
  if (line === 0) return '';
  return column === 0 ? `, line ${line}` : `, line ${line}, column ${column}`;
}
