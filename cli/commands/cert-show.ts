/** @module `signet cert show`: what is known of the certificates that Secrets are sealed to. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { findCertificates } from '../connect/known-certificates.ts';
import { addCertificateOptions, type CertificateOptions } from '../options/certificate-options.ts';
import { addControllerOptions, type ControllerOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addJsonOption, type JsonOption } from '../options/output-options.ts';
import { formatCertificates, summarizeCertificates } from '../output/certificate-text.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet cert show` can be told. */
interface CertShowOptions extends CertificateOptions, ControllerOptions, JsonOption {}

const EXAMPLES: readonly Example[] = [
  ['Show what this repository seals to', 'signet cert show'],
  ['Show a certificate that somebody sent', 'signet cert show --cert cert.pem'],
];

/** Declares `signet cert show`. */
export const declareCertShow: DeclareCommand = (command, invoke) => {
  addCertificateOptions(command, '.signet/keys.pem of the current folder or above it, then the cluster');
  addExamples(addControllerOptions(addJsonOption(command)), EXAMPLES);
  command.action((options: CertShowOptions) => invoke((session) => showCertificates(options, session)));
};

/** Get the certificates and print what they say. An expired one is shown like any other. */
async function showCertificates(options: CertShowOptions, session: Session): Promise<ExitCode> {
  const { certificates, origin } = await findCertificates(session, options);
  const summaries = summarizeCertificates(certificates, session.io.now());
  session.report.note(`certificates of ${origin}`);
  const text = options.output === 'json' ? `${stringifyJson(summaries, 2)}\n` : formatCertificates(summaries);
  await writeResult(session, { text, file: undefined, access: 'public' });
  return EXIT.done;
}
