/**
 * @module kubeseal's command line over Signet's core: flags in, exit code out. Which mode wins when several are asked for, the exit
 * codes (0 done, 1 failed, 2 wrong flags) and where messages go are kubeseal's.
 */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Io } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { systemCodeOf } from '../terminal/system-error.ts';
import { flagError } from './errors.ts';
import { type KubesealFlags, readFlags } from './kubeseal-flags.ts';
import { createMessages } from './messages.ts';
import { type FlagFault, type ParsedFlags, parseFlags } from './parse-flags.ts';

/** How the program was called. */
export interface KubesealRun {
  readonly io: Io;
  /** The name in the usage. */
  readonly programName: string;
  /** Semantic version. */
  readonly version: string;
}

const FAILED = 1;

/** Does what `argv` (without the program) says. It never rejects, and writes no result unless all of it succeeds. */
export async function runKubeseal(argv: readonly string[], run: KubesealRun): Promise<ExitCode> {
  const parsed = parseFlags(argv, run.io.env);
  try {
    if (parsed.kind !== 'flags') return await explainFlags(parsed, run);
    return await runFlags(parsed.flags, run);
  } catch (error) {
    // Only standard output rejects here.
    return systemCodeOf(error) === 'EPIPE' ? EXIT.outputClosed : FAILED;
  }
}

async function explainFlags(fault: FlagFault, { io, programName }: KubesealRun): Promise<ExitCode> {
  const { usageText } = await import('./usage-text.ts');
  io.stderr.write(`Usage of ${programName}:\n`);
  const message = fault.kind === 'fault' ? `${toPrintableLine(fault.message)}\n` : '';
  await io.stdout.write(usageText() + message);
  return fault.kind === 'fault' ? EXIT.usage : EXIT.done;
}

async function runFlags(parsed: ParsedFlags, run: KubesealRun): Promise<ExitCode> {
  const { io } = run;
  const flags = readFlags(parsed);
  const session: Session = { io, report: createMessages(io, flags.verbosity > 0) };
  for (const { name, replacedBy } of parsed.deprecated) {
    io.stderr.write(`Flag --${name} has been deprecated, please use --${replacedBy} instead\n`);
  }
  for (const variable of parsed.ignored) session.report.warn(`ignoring ${variable}`);
  try {
    await runMode(session, flags, run);
    return EXIT.done;
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    if (systemCodeOf(error) === 'EPIPE') return EXIT.outputClosed;
    session.report.fail(error);
    return FAILED;
  }
}

async function runMode(session: Session, flags: KubesealFlags, run: KubesealRun): Promise<void> {
  if (flags.version) return session.io.stdout.write(`kubeseal version: v${run.version}\n`);
  if (flags.help) {
    const { usageText } = await import('./usage-text.ts');
    return session.io.stdout.write(`Usage of ${run.programName}:\n${usageText()}`);
  }
  assertCoherent(flags);
  if (flags.secretFile === '' && !flags.raw && !flags.fetchCert && session.io.stdin.isTty) {
    session.io.stderr.write('(tty detected: expecting json/yaml k8s resource in stdin)\n');
  }
  const mode = await loadMode(flags);
  await mode(session, flags);
}

function assertCoherent(flags: KubesealFlags): void {
  if (flags.fromFiles.length > 0 && !flags.raw) throw flagError('--from-file requires --raw');
}

type Mode = (session: Session, flags: KubesealFlags) => Promise<void>;

/** The first of these modes that was asked for; only its code is loaded. */
async function loadMode(flags: KubesealFlags): Promise<Mode> {
  if (flags.recoveryUnseal) return (await import('./recover.ts')).recover;
  if (flags.validate) return (await import('./validate.ts')).validate;
  if (flags.reEncrypt) return (await import('./re-encrypt.ts')).reEncrypt;
  if (flags.fetchCert) return (await import('./fetch-cert.ts')).fetchCert;
  if (flags.mergeInto !== '') return (await import('./merge-into.ts')).mergeInto;
  if (flags.raw) return (await import('./seal-raw.ts')).sealRaw;
  return (await import('./seal.ts')).seal;
}
