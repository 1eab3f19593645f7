/** @module `signet seal`: Secrets in, SealedSecrets out. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { SCOPES } from '../../shared/sealing/scope.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { type CertificateFinder, createCertificateFinder } from '../connect/sealing-certificate.ts';
import { readManifests } from '../manifests/manifest-files.ts';
import { replaceSecrets } from '../manifests/replace-secrets.ts';
import { addCertificateOptions, type CertificateOptions } from '../options/certificate-options.ts';
import { addControllerOptions, type ControllerOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import { addInputOptions, type InputOptions } from '../options/input-options.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addOutputOptions, formatOf, type OutputOptions } from '../options/output-options.ts';
import { countOf } from '../output/count.ts';
import { formatManifests } from '../output/manifests.ts';
import { throwIfAny, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { isDirectory, isSameFile, STDIN_NAME } from '../terminal/input-files.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { addLintOptions, type LintOptions, reportFindings } from './lint-report.ts';
import { collectSecrets, type SecretChoice, type SecretToSeal } from './secrets-to-seal.ts';
import { writeResult } from './write-result.ts';

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

interface Sealed {
  readonly source: SecretToSeal['source'];
  readonly sealed: SealedSecret;
}

/** What to seal, and what to. */
interface Work {
  readonly secrets: readonly SecretToSeal[];
  readonly find: CertificateFinder;
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

/** Read the inputs, check every Secret, find what to seal to, seal, write. Nothing is written unless all of it succeeds. */
async function seal(options: SealCommandOptions, session: Session): Promise<ExitCode> {
  assertCoherent(options, session);
  const find = createCertificateFinder(session, options);
  // Other threads work on the certificate while the inputs are read; a failure is told when it is needed.
  if (options.cert !== undefined) find(session.io.cwd).catch(() => undefined);
  const { files, errors: unreadable } = await readManifests(session, options.file, 'Secret');
  const contextNamespace = () => readContext(options, session);
  const now = session.io.now();
  const { secrets, errors: faults, notes, findings } = await collectSecrets(files, options, { now, contextNamespace });
  throwIfAny([...unreadable, ...faults], NOTHING_SEALED);
  for (const note of notes) session.report.note(note);
  reportFindings(session.report, findings, { ...options, consequence: NOTHING_SEALED });
  if (options.inPlace === true) return sealInPlace(options, session, { secrets, find });
  const sealed = await Promise.all(startSealing(options, session, { secrets, find }));
  const text = formatManifests(
    sealed.map((one) => one.sealed),
    formatOf(options),
  );
  await writeResult(session, { text, file: options.write, access: 'public' });
  return EXIT.done;
}

async function readContext(options: SealCommandOptions, { io }: Session) {
  const { readContextNamespace } = await import('../connect/context-namespace.ts');
  return readContextNamespace(io, options);
}

/** One promise for each of `secrets`, in their order; nobody need wait for all of them before using the first. */
function startSealing(
  options: SealCommandOptions,
  session: Session,
  { secrets, find }: Work,
): readonly Promise<Sealed>[] {
  const started = secrets.map((secret) => sealOne(options, secret, find, session));
  // Whoever waits for one of them learns of its failure; the others may fail while nobody looks.
  for (const one of started) one.catch(() => undefined);
  return started;
}

async function sealOne(
  options: SealCommandOptions,
  { source, secret }: SecretToSeal,
  find: CertificateFinder,
  { io }: Session,
): Promise<Sealed> {
  const { path: file } = source.file.input;
  const certificate = await find(file === undefined ? io.cwd : path.dirname(file));
  const sealed = await sealSecret(secret, {
    certificate,
    allowEmpty: options.allowEmptyData === true,
    receipt: options.receipt,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  });
  return { source, sealed };
}

/** Seals while it writes: the encryption runs on other threads. */
async function sealInPlace(options: SealCommandOptions, session: Session, work: Work): Promise<ExitCode> {
  const { secrets } = work;
  const started = startSealing(options, session, work);
  const positions = Map.groupBy(secrets.keys(), (at) => secrets[at]?.source.file);
  const { OutputBatch } = await import('../terminal/output-file.ts');
  const batch = new OutputBatch(session.io.signal);
  try {
    for (const [file, own] of positions) {
      if (file?.input.path === undefined) continue;
      const { name, path: place, bytes } = file.input;
      const sealed = await Promise.all(own.flatMap((at) => started[at] ?? []));
      const content = replaceSecrets(
        file,
        sealed.map((one) => ({ document: one.source.document, sealed: one.sealed })),
      );
      await batch.stage({ name, path: place, content, access: 'public', readAs: bytes });
    }
  } catch (error) {
    await batch.discard();
    throw error;
  }
  await batch.commit();
  session.report.note(
    secrets.length === 0
      ? 'found no Secret to seal'
      : `sealed ${countOf(secrets.length, 'Secret')} in ${countOf(positions.size, 'file')}`,
  );
  return EXIT.done;
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
