/** @module `signet seal`: Secrets in, SealedSecrets out. */
import { type Command, Option } from 'commander';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { SCOPES } from '../../shared/sealing/scope.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { type CertificateFinder, createCertificateFinder } from '../connect/sealing-certificate.ts';
import { eachManifest, type ManifestFile } from '../manifests/manifest-files.ts';
import { addCertificateOptions, type CertificateOptions } from '../options/certificate-options.ts';
import { addControllerOptions, type ControllerOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import { addInputOptions, type InputOptions } from '../options/input-options.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addOutputOptions, type OutputOptions } from '../options/output-options.ts';
import { throwIfAny, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { folderOf, isDirectory, isSameFile, STDIN_NAME } from '../terminal/input-files.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { startAhead } from '../terminal/start-ahead.ts';
import { addLintOptions, type LintOptions, reportFindings } from './lint-report.ts';
import { FilesInPlace, OneResult, type SealedInFile } from './seal-result.ts';
import { type SecretChoice, SecretCollector, type SecretToSeal } from './secrets-to-seal.ts';

/** What `signet seal` can be told. */
interface SealCommandOptions
  extends InputOptions,
    OutputOptions,
    CertificateOptions,
    ControllerOptions,
    LintOptions,
    SecretChoice {
  readonly receipt: boolean;
}

interface SecretsOfFile {
  readonly file: ManifestFile;
  readonly secrets: readonly SecretToSeal[];
}

const EXAMPLES: readonly Example[] = [
  [
    'Seal a file with the certificate that the repository pins, or the cluster gives',
    'signet seal -f secret.yaml -w sealed.yaml',
  ],
  [
    'Seal what kubectl makes, without a cluster',
    'kubectl create secret generic db --dry-run=client -o yaml --from-literal=password=… | signet seal -n shop --cert cert.pem',
  ],
  ['Replace every Secret of a repository, comments and other documents untouched', 'signet seal -f deploy/ --in-place'],
];

const NOTHING_SEALED = 'nothing was sealed, and nothing written';
/** Of files: other threads work on some while one is read, or put into the result. */
const AHEAD = { size: 32, groups: 2 };

/** Declares `signet seal`. */
export const declareSeal: DeclareCommand = (command, invoke) => {
  addInputOptions(command, 'a file, or with --in-place a directory, of Secrets in YAML or JSON');
  addCertificateOptions(command, '.signet/keys.pem in the folder of the input or above it, then the cluster');
  declareChoices(command);
  addOutputOptions(command).option('--in-place', 'replace the Secrets in the files themselves');
  addExamples(addControllerOptions(addLintOptions(command)), EXAMPLES);
  command.action((options: SealCommandOptions) => invoke((session) => seal(options, session)));
};

function declareChoices(command: Command): void {
  command
    .addOption(
      new Option(
        '--scope <scope>',
        "where the result can be opened; default: what the Secret's annotations say, else strict",
      ).choices(SCOPES),
    )
    .option('-n, --namespace <namespace>', 'namespace for Secrets that name none; another one in a Secret is an error')
    .option('--name <name>', "name to give to the Secret, in place of the file's")
    .option('--allow-empty-data', 'seal a Secret without data, too')
    .option('--no-receipt', 'leave out the annotation that tells which key and place each value was sealed for');
}

/** Read and check file after file, seal, tell what there is to tell, write. Nothing is written unless all of it succeeds. */
async function seal(options: SealCommandOptions, session: Session): Promise<ExitCode> {
  assertCoherent(options, session);
  const find = createCertificateFinder(session, options);
  // Other threads work on the certificate while the inputs are read; a failure is told when it is needed.
  if (options.cert !== undefined) find(session.io.cwd).catch(() => undefined);
  const contextNamespace = () => readContext(options, session);
  const collector = new SecretCollector(options, { now: session.io.now(), contextNamespace });
  const result = options.inPlace === true ? new FilesInPlace(session) : new OneResult(session, options);
  const files = secretsOf(eachManifest(session, options.file, 'Secret'), collector, () => {
    for (const note of collector.notes) session.report.note(note);
    reportFindings(session.report, collector.findings, { ...options, consequence: NOTHING_SEALED });
  });
  try {
    const sealing = startAhead(files, AHEAD, (file) => sealFile(options, file, find, session));
    for await (const file of sealing) await result.add(file);
  } catch (error) {
    await result.discard();
    // What there is to tell of files that were not reached yet comes first: it is found without a certificate, and without a place to write.
    while ((await files.next()).done !== true);
    throw error;
  }
  await result.write();
  return EXIT.done;
}

async function readContext(options: SealCommandOptions, { io }: Session) {
  const { readContextNamespace } = await import('../connect/context-namespace.ts');
  return readContextNamespace(io, options);
}

/**
 * The Secrets of each file until something is wrong; then the rest is read and checked only. Behind the last file `tell` is called, where nothing is wrong.
 * @throws SeveralErrors at the end
 */
async function* secretsOf(
  files: AsyncIterable<ManifestFile | CodedError>,
  collector: SecretCollector,
  tell: () => void,
): AsyncGenerator<SecretsOfFile> {
  const unreadable: CodedError[] = [];
  for await (const file of files) {
    if (file instanceof CodedError) unreadable.push(file);
    else {
      const secrets = await collector.add(file);
      if (unreadable.length === 0 && collector.faults.length === 0) yield { file, secrets };
    }
  }
  throwIfAny([...unreadable, ...collector.faults], NOTHING_SEALED);
  tell();
}

async function sealFile(
  options: SealCommandOptions,
  { file, secrets }: SecretsOfFile,
  find: CertificateFinder,
  { io }: Session,
): Promise<SealedInFile> {
  if (secrets.length === 0) return { file, sealed: [] };
  const certificate = await find(folderOf(file.input, io.cwd));
  const sealed = secrets.map(async ({ source, secret }) => ({
    document: source.document,
    sealed: await sealSecret(secret, {
      certificate,
      allowEmpty: options.allowEmptyData === true,
      receipt: options.receipt,
      ...(options.scope === undefined ? {} : { scope: options.scope }),
    }),
  }));
  return { file, sealed: await Promise.all(sealed) };
}

/** Refuses contradictions before anything is read. @throws CliError, SeveralErrors: `CLI_USAGE` */
function assertCoherent(options: SealCommandOptions, session: Session): void {
  if (options.inPlace === true) assertInPlace(options);
  else assertOneResult(options, session);
}

function assertInPlace({ write, output, file }: SealCommandOptions): void {
  if (write !== undefined) throw usageError('cannot use --in-place together with -w', 'choose one of them');
  if (output !== undefined) throw usageError('cannot use --in-place together with -o', 'each file keeps its form');
  if (file === undefined || file.includes(STDIN_NAME)) {
    throw usageError('cannot seal standard input in place', 'name files or directories with -f');
  }
}

function assertOneResult(options: SealCommandOptions, { io }: Session): void {
  const names = options.file?.filter((name) => name !== STDIN_NAME) ?? [];
  const folders = names.filter((name) => isDirectory(io, name));
  const hint = 'add --in-place to replace the Secrets in its files';
  const errors = folders.map((name) => usageError(`cannot print the directory "${name}" as one result`, hint));
  throwIfAny(errors, NOTHING_SEALED);
  const output = options.write === undefined ? null : resolvePath(io, options.write);
  if (output === null || !names.some((name) => isSameFile(resolvePath(io, name), output))) return;
  throw usageError(`cannot write the result to its own input "${options.write}"`, 'use --in-place to replace it');
}
