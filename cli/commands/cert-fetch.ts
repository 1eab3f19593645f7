/** @module `signet cert fetch`: the cluster's certificate as a file, or pinned in `.signet/keys.pem`. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { assertUsableForSealing } from '../../shared/certificate/read-certificate.ts';
import { locateErrors } from '../connect/certificate-text.ts';
import { fetchCertificates, type KnownCertificates, readPinned } from '../connect/known-certificates.ts';
import { choosePinnedFile, findPinnedFile, formatPinnedFile } from '../connect/pinned-certificates.ts';
import { addCertificateOptions, type CertificateOptions } from '../options/certificate-options.ts';
import { addControllerOptions, type ControllerOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { writeOutputFiles } from '../terminal/output-file.ts';
import type { Session } from '../terminal/session.ts';
import { describeSystemError } from '../terminal/system-error.ts';
import { writeResult } from './write-result.ts';

/** What `signet cert fetch` can be told. */
interface CertFetchOptions extends CertificateOptions, ControllerOptions {
  readonly write?: string;
  readonly pin?: boolean;
}

const EXAMPLES: readonly Example[] = [
  ['Save the certificate that new Secrets are sealed to', 'signet cert fetch -w cert.pem'],
  [
    'Pin the certificates in the repository, so that sealing needs no cluster',
    'signet cert --pin && git add .signet/keys.pem',
  ],
];

/** Declares `signet cert fetch`. */
export const declareCertFetch: DeclareCommand = (command, invoke) => {
  command
    .option('-w, --write <file>', 'write the certificate to this file')
    .option('--pin', 'write all certificates to .signet/keys.pem of the repository');
  addCertificateOptions(command, 'the cluster');
  addExamples(addControllerOptions(command), EXAMPLES);
  command.action((options: CertFetchOptions) => invoke((session) => fetchCertificate(options, session)));
};

/** Get the certificates, then print the one to seal to, or pin all of them. */
async function fetchCertificate(options: CertFetchOptions, session: Session): Promise<ExitCode> {
  if (options.pin === true && options.write !== undefined)
    throw usageError('cannot use --pin together with -w', 'choose one of them');
  const known = await fetchCertificates(session, options);
  const [active] = known.certificates;
  if (active === undefined)
    throw new CliError('CLI_CERTIFICATE_NOT_FOUND', `cannot find a certificate in ${known.origin}`);
  await locateErrors(known.origin, async () => assertUsableForSealing(active, session.io.now()));
  if (options.pin === true) {
    await pin(session, known);
    return EXIT.done;
  }
  session.report.note(`${active.fingerprint} of ${known.origin}`);
  await writeResult(session, { text: active.pem, file: options.write, access: 'public' });
  return EXIT.done;
}

/** Writes the certificates of `known` to the file that holds for the current folder, and tells. @throws CliError `CLI_OUTPUT_FAILED` */
export async function pin(session: Session, known: KnownCertificates): Promise<void> {
  const { io, report } = session;
  const before = findPinnedFile(io.cwd);
  const replaced = before === null ? undefined : await activeFingerprint(session, before);
  const file = choosePinnedFile(io.cwd);
  const name = path.relative(io.cwd, file) || file;
  try {
    await mkdir(path.dirname(file), { recursive: true });
  } catch (error) {
    throw new CliError('CLI_OUTPUT_FAILED', `cannot make the folder of "${name}": ${describeSystemError(error)}`, {
      cause: error,
    });
  }
  const content = formatPinnedFile(known.certificates);
  await writeOutputFiles([{ name, path: file, content, access: 'public' }], io.signal);
  const active = known.certificates[0]?.fingerprint ?? '';
  const change = replaced === undefined || replaced === active ? '' : `, in place of ${replaced}`;
  report.note(`pinned ${active} of ${known.origin} in "${name}"${change}`);
}

/** The fingerprint that was pinned before; undefined when the old file cannot be read, which pinning mends. */
async function activeFingerprint(session: Session, file: string): Promise<string | undefined> {
  try {
    return (await readPinned(session, file)).certificates[0]?.fingerprint;
  } catch {
    return undefined;
  }
}
