/**
 * @module argv to exit code: the program that commander is told of, bound to one {@link Io}. Every test of the command line
 * enters here, as the binary does.
 */
import { Command, CommanderError } from 'commander';
import { COMMAND_TABLE, type CommandEntry } from './commands/command-table.ts';
import { VERSION } from './commands/version-number.ts';
import type { Invoke } from './options/invoke.ts';
import { usageError } from './terminal/errors.ts';
import { EXIT, type ExitCode, exitCodeOf } from './terminal/exit-codes.ts';
import type { Io } from './terminal/io.ts';
import { createReport } from './terminal/report.ts';
import { systemCodeOf } from './terminal/system-error.ts';

/** How the program was called. */
export interface RunOptions {
  /** The name in usage lines; default `signet`. */
  readonly programName?: string;
}

const HELP_WIDTH = 100;
const EXIT_CODES_HELP = `
Exit codes: ${EXIT.done} done, ${EXIT.findings} differences or findings, ${EXIT.usage} wrong use, ${EXIT.invalidInput} invalid input, \
${EXIT.certificate} certificate or private key, ${EXIT.cannotUnseal} cannot unseal,
${EXIT.cluster} cluster, ${EXIT.output} output, ${EXIT.source} Git source, ${EXIT.timeout} no answer in time. All of them are in docs/cli.md.`;

/**
 * Runs the verb that `argv` (without Node and script) names, and resolves to the exit code. It never rejects, and
 * writes nothing to `io.stdout` unless the verb succeeds or help was asked for.
 */
export async function run(argv: readonly string[], io: Io, options: RunOptions = {}): Promise<ExitCode> {
  const [verb, ...rest] = withHelpAsOption(argv);
  const { loadWhole } = COMMAND_TABLE.find(({ name }) => name === verb) ?? {};
  if (loadWhole !== undefined) return (await loadWhole())(rest, io, options.programName ?? `signet ${verb}`);
  const report = createReport(io);
  const outcome: { code: ExitCode; help: string } = { code: EXIT.done, help: '' };
  const invoke: Invoke = async (task) => {
    outcome.code = await task({ io, report });
  };
  try {
    const words = withHelpAsOption(argv);
    const program = await createProgram(words, invoke, options.programName ?? 'signet');
    bindOutput(program, (text) => {
      outcome.help += text;
    });
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    outcome.code = codeOf(error, io);
    if (outcome.code === EXIT.interrupted) report.note('interrupted');
    else if (error instanceof CommanderError) outcome.help = explain(error, outcome.help, { io, fail: report.fail });
    else if (outcome.code !== EXIT.outputClosed) report.fail(error);
  }
  return printHelp(outcome, io);
}

/** A program in which the verbs that `argv` may mean are declared in full, and the others by name and summary. */
async function createProgram(argv: readonly string[], invoke: Invoke, programName: string): Promise<Command> {
  const program = new Command(programName)
    .description('Secrets sealed for Git, and a small careful sync engine for the rest of the repository.')
    .addHelpText('after', EXIT_CODES_HELP)
    .version(`signet ${VERSION}`, '--version', 'print the version')
    .helpCommand('help [command]', 'show the help of a verb');
  for (const entry of COMMAND_TABLE) {
    const command = program.command(entry.name).description(entry.summary);
    if (entry.load !== undefined && isMeant(entry, argv)) (await entry.load())(command, invoke);
  }
  return program;
}

function isMeant(entry: CommandEntry, argv: readonly string[]): boolean {
  return entry.name === argv.find((word) => !word.startsWith('-'));
}

/** `help sync plan` as `sync plan --help`: commander's own help command knows one level, and no wrong verbs. */
function withHelpAsOption(argv: readonly string[]): readonly string[] {
  const [first, ...verb] = argv;
  if (first !== 'help' || verb.length === 0) return argv;
  return COMMAND_TABLE.some(({ name }) => name === verb[0]) ? [...verb, '--help'] : verb;
}

/** Output settings are inherited only when a command is made, so each one is set by itself. */
function bindOutput(command: Command, write: (text: string) => void): void {
  command
    .configureOutput({
      writeOut: write,
      writeErr: write,
      outputError: () => undefined,
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  for (const inner of command.commands) bindOutput(inner, write);
}

function codeOf(error: unknown, io: Io): ExitCode {
  if (io.signal.aborted) return EXIT.interrupted;
  if (systemCodeOf(error) === 'EPIPE') return EXIT.outputClosed;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  return exitCodeOf(error);
}

/** Tells what commander refused in our own form; returns the help that belongs on stdout. */
function explain(
  error: CommanderError,
  help: string,
  { io, fail }: { readonly io: Io; readonly fail: (error: unknown) => void },
): string {
  if (error.exitCode === 0) return help;
  if (error.code === 'commander.help') {
    // No verb was given: the overview is what helps, but it is not what was asked for.
    io.stderr.write(help);
    return '';
  }
  const [message = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n');
  const [, meant] = /^\(Did you mean (.*)\?\)$/.exec(suggestion) ?? [];
  fail(usageError(message.replace(/\.$/, ''), meant === undefined ? hintFor(error) : `did you mean ${meant}?`));
  return '';
}

function hintFor(error: CommanderError): string {
  return error.code === 'commander.excessArguments'
    ? 'input files are named with -f; see --help'
    : 'see `signet help` and the --help of each verb';
}

async function printHelp(outcome: { readonly code: ExitCode; readonly help: string }, io: Io): Promise<ExitCode> {
  if (outcome.help === '') return outcome.code;
  try {
    await io.stdout.write(outcome.help);
    return outcome.code;
  } catch (error) {
    return systemCodeOf(error) === 'EPIPE' ? EXIT.outputClosed : EXIT.output;
  }
}
