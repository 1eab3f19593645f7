/** @module `signet set`: new values for a SealedSecret in a file, or a new file with one. */
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { isSecretKey, KEY_RULE } from '../../shared/sealing/check-items.ts';
import { SCOPES } from '../../shared/sealing/scope.ts';
import { addCertificateOptions } from '../options/certificate-options.ts';
import { addControllerOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addObjectOptions } from '../options/object-options.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { createSealedFile } from './create-sealed-file.ts';
import { addLintOptions } from './lint-report.ts';
import type { ItemSource } from './new-items.ts';
import { setInFile } from './set-in-file.ts';
import type { SetCommandOptions } from './set-options.ts';

const EXAMPLES: readonly Example[] = [
  ['Ask for a value, seal it, and change its one line in the file', 'signet set sealed.yaml password'],
  ['Take it from another program', 'openssl rand -hex 24 | tr -d "\\n" | signet set sealed.yaml password'],
  ['Take the bytes of a file', 'signet set sealed.yaml id_ed25519 --from-file ~/.ssh/id_ed25519'],
  ['Make a new file with a TLS pair', 'signet set tls.yaml --name shop-tls -n shop --tls tls.crt tls.key'],
  ['Make a new file with a login at a registry', 'signet set pull.yaml --name pull -n shop --docker-registry ghcr.io'],
];

const NEVER_AS_ARGUMENT = 'cannot take a value from the command line: other users of this machine can read it there';
const WAYS =
  'leave it out to be asked, pipe it in, or name a file with --from-file; and change the value, if it was real';

/** Declares `signet set`. */
export const declareSet: DeclareCommand = (command, invoke) => {
  command.argument('<file>', 'file with a SealedSecret; one that does not exist is made');
  command.argument('[key]', 'key of the value, which is asked for or read from standard input');
  // A value that stands here is refused with a reason, and not repeated.
  command.allowExcessArguments(true);
  declareSources(command);
  declareObject(addObjectOptions(command));
  addCertificateOptions(command, '.signet/keys.pem in the folder of the file or above it, then the cluster');
  addExamples(addControllerOptions(addLintOptions(command)), EXAMPLES);
  command.action((file: string, key: string | undefined, options: SetCommandOptions) =>
    invoke((session) => {
      assertNoValue(command.args, options);
      return set({ file, ...(key === undefined ? {} : { key }) }, options, session);
    }),
  );
};

function declareSources(command: Command): void {
  command
    .option('--from-file <path>', 'take the value from this file, byte for byte; - is standard input')
    .option('--from-env-file <path>', 'set each KEY=value line of this file, by the rules of kubectl')
    .option('--docker-registry <server>', 'set .dockerconfigjson to a login at this registry')
    .option('--docker-username <name>', 'with --docker-registry: the user; the password is asked for or piped in')
    .option('--tls <file...>', 'set tls.crt and tls.key: certificate and key, as two files')
    .addOption(new Option('--from-literal <pair>', 'refused').hideHelp());
}

function declareObject(command: Command): void {
  command
    .option('--name <name>', 'for a new file: name of the Secret')
    .option('-n, --namespace <namespace>', 'for a new file: its namespace')
    .addOption(new Option('--scope <scope>', 'for a new file: where its values can be opened').choices(SCOPES))
    .option('--type <type>', 'for a new file: type of the Secret')
    .option('--no-receipt', 'for a new file: leave out the receipt');
}

/** Reads what to set, seals it for the place of the SealedSecret, and changes the file. */
async function set(
  { file, key }: { readonly file: string; readonly key?: string },
  options: SetCommandOptions,
  session: Session,
): Promise<ExitCode> {
  const source: ItemSource = { ...options, ...(key === undefined ? {} : { key }) };
  assertOneSource(source);
  const task = existsSync(resolvePath(session.io, file)) ? setInFile : createSealedFile;
  return task({ file, source }, options, session);
}

function assertNoValue(words: readonly string[], { fromLiteral }: SetCommandOptions): void {
  const isPair = words[1]?.includes('=') === true;
  if (words.length > 2 || isPair || fromLiteral !== undefined) throw usageError(NEVER_AS_ARGUMENT, WAYS);
}

function assertOneSource({ key, fromFile, fromEnvFile, dockerRegistry, dockerUsername, tls }: ItemSource): void {
  const sources = [key, fromEnvFile, dockerRegistry, tls].filter((one) => one !== undefined);
  if (sources.length !== 1) {
    const problem = sources.length === 0 ? 'there is nothing to set' : 'there are several things to set';
    throw usageError(problem, 'give one key, or one of --from-env-file, --docker-registry and --tls');
  }
  if (fromFile !== undefined && key === undefined)
    throw usageError('--from-file needs a key', 'name the key behind the file');
  if (dockerUsername !== undefined && dockerRegistry === undefined)
    throw usageError('--docker-username needs --docker-registry');
  if (tls !== undefined && tls.length !== 2) {
    throw usageError(`--tls takes two files, found ${tls.length}`, 'write it behind the file: --tls tls.crt tls.key');
  }
  // It may be a value that stands in the wrong place.
  if (key !== undefined && !isSecretKey(key)) {
    throw new CliError('CLI_USAGE', 'cannot set the key: no Secret can have it', { hint: KEY_RULE });
  }
}
