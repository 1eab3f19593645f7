/** @module `signet unseal`: SealedSecrets back to Secrets with private keys at hand. It talks to no cluster. */
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { describeFailures } from '../../shared/sealing/item-failure.ts';
import type { Keyring, OpeningKey } from '../../shared/sealing/keyring.ts';
import { UnsealError, type UnsealOptions, unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { readPrivateKeys } from '../connect/private-keys.ts';
import { withTemplateRenderer } from '../connect/template-renderer.ts';
import { type ManifestFile, readManifests } from '../manifests/manifest-files.ts';
import { describeObject, isSealedSecret, type ManifestObject, objectsOf } from '../manifests/manifest-objects.ts';
import { collect } from '../options/collect.ts';
import { addExamples, type Example } from '../options/examples.ts';
import { addInputOptions, type InputOptions } from '../options/input-options.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addOutputOptions, formatOf, type OutputOptions } from '../options/output-options.ts';
import { formatManifests } from '../output/manifests.ts';
import { CliError, LocatedError, throwIfAny } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet unseal` can be told. */
interface UnsealCommandOptions extends InputOptions, OutputOptions {
  readonly privateKey: readonly string[];
}

const EXAMPLES: readonly Example[] = [
  ['Show the Secret behind a SealedSecret', 'signet unseal -f sealed.yaml --private-key key.pem'],
  [
    'With every key that the cluster holds',
    'kubectl -n signet-system get secret -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml > keys.yaml && signet unseal -f sealed.yaml --private-key keys.yaml',
  ],
];

const NOTHING_UNSEALED = 'nothing was unsealed';

/** Declares `signet unseal`. */
export const declareUnseal: DeclareCommand = (command, invoke) => {
  addInputOptions(command, 'a file or directory of SealedSecrets in YAML or JSON').requiredOption(
    '--private-key <file>',
    'a private key: PEM, a key Secret, or a List of them; may be repeated',
    collect,
  );
  addExamples(addOutputOptions(command), EXAMPLES);
  command.action((options: UnsealCommandOptions) => invoke((session) => unseal(options, session)));
};

/** Read keys and inputs, unseal everything, print it. Nothing is printed unless all of it opens. */
async function unseal(options: UnsealCommandOptions, session: Session): Promise<ExitCode> {
  const keyring = await readPrivateKeys(session, options.privateKey, NOTHING_UNSEALED);
  const { files, errors } = await readManifests(session, options.file, 'SealedSecret');
  const objects = files.flatMap((file) => meantIn(file, session));
  const faults = objects.flatMap(faultsOf);
  throwIfAny([...errors, ...faults], NOTHING_UNSEALED);
  const results = await withTemplateRenderer(session.io, (renderer) =>
    Promise.all(objects.map((object) => unsealOne(object, keyring, { renderer, at: session.io.now() }))),
  );
  throwIfAny(
    results.flatMap(({ failures }) => failures),
    NOTHING_UNSEALED,
  );
  const secrets = results.flatMap(({ secret }) => secret);
  if (secrets.length === 0) session.report.note('found no SealedSecret');
  const text = formatManifests(secrets, formatOf(options));
  await writeResult(session, { text, file: options.write, access: 'private' });
  return EXIT.done;
}

interface Outcome {
  readonly secret: readonly Secret[];
  readonly failures: readonly CodedError[];
}

async function unsealOne(
  { place, value }: ManifestObject,
  keyring: Keyring<OpeningKey>,
  options: UnsealOptions,
): Promise<Outcome> {
  try {
    return { secret: [await unsealSecret(value as SealedSecret, keyring, options)], failures: [] };
  } catch (error) {
    if (error instanceof UnsealError) return { secret: [], failures: errorsOf(place, value, error) };
    if (error instanceof CodedError) return { secret: [], failures: [new LocatedError(place, error)] };
    throw error;
  }
}

/** One error for each cause, which names every item that it concerns. */
function errorsOf(place: string, value: unknown, error: UnsealError): readonly CodedError[] {
  const causes = Map.groupBy(error.failures, ({ problem, reason }) => JSON.stringify([problem, reason]));
  return [...causes.values()].map((failures) => {
    const hint = failures[0]?.hint;
    const message = `${place}: cannot unseal ${describeObject(value)}: ${describeFailures(failures)}`;
    return new CliError('CLI_CANNOT_UNSEAL', message, hint === undefined ? {} : { hint });
  });
}

/** SealedSecrets are picked out; what the user named must hold one, and what else it holds is told. */
function meantIn(file: ManifestFile, { report }: Session): readonly ManifestObject[] {
  const all = objectsOf(file);
  const sealed = all.filter(({ value }) => isSealedSecret(value));
  if (file.input.isFromDirectory) return sealed;
  if (sealed.length === 0) return all;
  for (const { place, value } of all) {
    if (!isSealedSecret(value)) report.note(`${place}: ${describeObject(value)} is no SealedSecret, and left out`);
  }
  return sealed;
}

function faultsOf({ place, value }: ManifestObject): readonly CliError[] {
  if (!isSealedSecret(value)) {
    return [
      new CliError('CLI_WRONG_KIND', `${place}: cannot unseal ${describeObject(value)}: it is not a SealedSecret`),
    ];
  }
  const { metadata, spec } = fieldsOf(value);
  const { name, namespace } = fieldsOf(metadata);
  const invalid = (message: string): CliError =>
    new CliError('CLI_OBJECT_INVALID', `${place}: cannot unseal ${describeObject(value)}: ${message}`);
  const faults: CliError[] = [];
  if (typeof name !== 'string' || name === '') faults.push(invalid('metadata.name is missing'));
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    faults.push(invalid('metadata.namespace is not text'));
  if (Object.keys(fieldsOf(spec)).length === 0) faults.push(invalid('spec is missing'));
  return faults;
}
