/** @module `signet reseal`: the values of SealedSecrets in files encrypted again, to the newest key. */
import { countOf } from '../../shared/encoding/count-of.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { createCertificateFinder } from '../connect/sealing-certificate.ts';
import { editFiles, type ObjectChange } from '../manifests/reseal-files.ts';
import { readSealedObjects, type SealedObject } from '../manifests/sealed-objects.ts';
import { addCertificateOptions, type CertificateOptions } from '../options/certificate-options.ts';
import { addControllerOptions, type ControllerOptions } from '../options/cluster-options.ts';
import { collect } from '../options/collect.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { SeveralErrors, throwIfAny, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { STDIN_NAME } from '../terminal/input-files.ts';
import { PartlyWrittenError } from '../terminal/output-errors.ts';
import type { OutputFile } from '../terminal/output-target.ts';
import type { Session } from '../terminal/session.ts';
import { checkNeeds } from './reseal-check.ts';
import { type ResealRoad, throughController, withPrivateKeys } from './reseal-roads.ts';

/** What `signet reseal` can be told. */
export interface ResealCommandOptions extends CertificateOptions, ControllerOptions {
  readonly file?: readonly string[];
  readonly namespace?: string;
  readonly check?: boolean;
  readonly all?: boolean;
  readonly receipt?: boolean;
  readonly privateKey?: readonly string[];
}

const EXAMPLES: readonly Example[] = [
  ['Re-encrypt a repository after a rotation, by the controller', 'signet reseal deploy/'],
  ['See what needs it, without a cluster', 'signet reseal --check deploy/'],
  [
    'Without a cluster, with the old private keys at hand',
    'signet reseal deploy/ --private-key keys.yaml --cert new.pem',
  ],
];

const NOTHING_RESEALED = 'nothing was resealed, and nothing written';

/** Requests that are under way at once: a controller is shared, and tells when it has had enough. */
const PARALLEL = 4;

/** Declares `signet reseal`. */
export const declareReseal: DeclareCommand = (command, invoke) => {
  command
    .argument('[paths...]', 'files, or directories, of SealedSecrets in YAML or JSON; they are changed in place')
    .option('-f, --file <path>', 'the same as a path; may be repeated', collect)
    .option('-n, --namespace <namespace>', 'namespace of objects that name none; default: what their receipts say')
    .option('--check', 'change nothing, and tell what needs it; exit code 1 when something does')
    .option('--all', 'also what is sealed to the newest key already')
    .option('--receipt', 'add a receipt where there is none')
    .option(
      '--private-key <file>',
      'work without a controller: PEM, a key Secret, or a List of them; may be repeated',
      collect,
    );
  addCertificateOptions(command, 'with --private-key or --check, .signet/keys.pem, then the cluster');
  addExamples(addControllerOptions(command), EXAMPLES);
  command.action((paths: readonly string[], options: ResealCommandOptions) =>
    invoke((session) => reseal({ ...options, file: [...paths, ...(options.file ?? [])] }, session)),
  );
};

/** Read all files, encrypt what needs it, write. An object that fails stays as it is; the others are written. */
export async function reseal(options: ResealCommandOptions, session: Session): Promise<ExitCode> {
  const names = namesOf(options);
  const { objects, errors } = await readSealedObjects(session, names, options.namespace);
  throwIfAny(errors, NOTHING_RESEALED);
  if (objects.length === 0) {
    session.report.note('found no SealedSecret');
    return EXIT.done;
  }
  if (options.check === true) return checkNeeds(objects, options, session);
  const results = await resealAll(objects, options, session);
  await write(results, session);
  return EXIT.done;
}

interface Results {
  readonly changes: readonly ObjectChange[];
  readonly errors: readonly CodedError[];
  /** Objects that nothing was done for, because going on was hopeless. */
  readonly untried: number;
}

async function resealAll(
  objects: readonly SealedObject[],
  options: ResealCommandOptions,
  session: Session,
): Promise<Results> {
  const all = options.all === true;
  if (options.privateKey !== undefined) {
    const { readPrivateKeys } = await import('../connect/private-keys.ts');
    const keyring = await readPrivateKeys(session, options.privateKey, NOTHING_RESEALED);
    const find = createCertificateFinder(session, options);
    return follow(withPrivateKeys(keyring, find, { all, cwd: session.io.cwd }), objects, { options, session });
  }
  const { withCluster } = await import('../connect/cluster.ts');
  const { findController } = await import('../connect/find-controller.ts');
  return withCluster(session, options, async (cluster) => {
    const controller = await findController(cluster, options);
    session.report.note(`the newest key is ${controller.certificate.fingerprint} of ${controller.description}`);
    return follow(throughController(cluster, controller, { all, sleep: (ms) => session.io.sleep(ms) }), objects, {
      options,
      session,
    });
  });
}

/** Takes `road` with every object, a few at a time; the results are in the order of `objects`. */
async function follow(
  road: ResealRoad,
  objects: readonly SealedObject[],
  { options, session }: { readonly options: ResealCommandOptions; readonly session: Session },
): Promise<Results> {
  const outcomes = new Map<SealedObject, Awaited<ReturnType<ResealRoad>>>();
  const queue = [...objects].reverse();
  const stops: CodedError[] = [];
  const work = async (): Promise<void> => {
    for (let object = queue.pop(); object !== undefined && stops.length === 0; object = queue.pop()) {
      session.io.signal.throwIfAborted();
      try {
        outcomes.set(object, await road(object));
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        stops.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const changes: ObjectChange[] = [];
  // One is enough: the others had the same cause.
  const errors: CodedError[] = stops.slice(0, 1);
  for (const object of objects) {
    const outcome = outcomes.get(object);
    if (outcome?.kind === 'failed') errors.push(outcome.error);
    else if (outcome !== undefined) {
      changes.push({ object, values: outcome.values, receipt: outcome.receipt, addsReceipt: options.receipt === true });
    }
  }
  return { changes, errors, untried: objects.length - outcomes.size };
}

async function write({ changes, errors, untried }: Results, { io, report }: Session): Promise<void> {
  const edited = editFiles(changes);
  await writeAll(edited.files, io);
  const failed = [...errors, ...edited.errors];
  const left = changes.length - edited.changed.length - edited.errors.length;
  report.note(
    edited.changed.length === 0
      ? `nothing was resealed: ${countOf(left, 'SealedSecret')} did not need it`
      : `resealed ${countOf(edited.changed.length, 'SealedSecret')} in ${countOf(edited.files.length, 'file')}; ${left} did not need it`,
  );
  const stayed = failed.length - (untried > 0 ? 1 : 0) + untried;
  throwIfAny(failed, `${countOf(stayed, 'SealedSecret')} could not be resealed and stayed as before`);
}

/** @throws SeveralErrors when nothing was written; PartlyWrittenError */
async function writeAll(files: readonly OutputFile[], { signal }: Session['io']): Promise<void> {
  const { writeOutputFiles } = await import('../terminal/output-file.ts');
  try {
    await writeOutputFiles(files, signal);
  } catch (error) {
    if (!(error instanceof CodedError) || error instanceof PartlyWrittenError) throw error;
    throw new SeveralErrors([error], NOTHING_RESEALED);
  }
}

function namesOf({ file: names = [], privateKey, cert, check }: ResealCommandOptions): readonly string[] {
  if (names.length === 0) throw usageError('cannot reseal without a file', 'name files or directories');
  if (names.includes(STDIN_NAME)) throw usageError('cannot reseal standard input', 'name files or directories');
  if (check === true && privateKey !== undefined) {
    throw usageError('cannot use --check together with --private-key', 'a check reads receipts, which need no key');
  }
  if (cert !== undefined && privateKey === undefined && check !== true) {
    throw usageError('cannot use --cert without --private-key', 'the controller seals to its own newest key');
  }
  return names;
}
