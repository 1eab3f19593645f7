/**
 * @module The values that `signet set` seals: from a prompt, standard input or files. None of them is ever taken from the command line,
 * which other users of the machine can read and the shell writes down.
 */
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import { readOneInput, STDIN_NAME } from '../terminal/input-files.ts';
import { promptHidden, promptLine } from '../terminal/prompt.ts';
import type { Session } from '../terminal/session.ts';
import { dockerConfig } from './docker-config.ts';
import { parseEnvFile } from './env-file.ts';

/** Where the values come from; exactly one of them. */
export interface ItemSource {
  readonly key?: string;
  /** With `key`: a file in place of the prompt and standard input. */
  readonly fromFile?: string;
  readonly fromEnvFile?: string;
  readonly dockerRegistry?: string;
  readonly dockerUsername?: string;
  /** Certificate and key. */
  readonly tls?: readonly string[];
}

/** New values by key, and the type that a Secret of them has. Whoever gets them wipes them. */
export interface NewItems {
  readonly values: ReadonlyMap<string, SecretBytes>;
  readonly type?: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Reads the values of `source`. @throws CliError, EncodingError */
export async function readNewItems(session: Session, source: ItemSource): Promise<NewItems> {
  const { key, fromEnvFile, dockerRegistry, tls } = source;
  if (key !== undefined) return { values: new Map([[key, await readValue(session, key, source.fromFile)]]) };
  if (fromEnvFile !== undefined) return { values: parseEnvFile(await readNamed(session, fromEnvFile), fromEnvFile) };
  if (dockerRegistry !== undefined) return readDocker(session, dockerRegistry, source.dockerUsername);
  const [certificate = '', privateKey = ''] = tls ?? [];
  const values = new Map([
    ['tls.crt', await readNamed(session, certificate)],
    ['tls.key', await readNamed(session, privateKey)],
  ]);
  return { values, type: 'kubernetes.io/tls' };
}

/** The bytes as they are, a line break at the end included; a prompt gives none. */
async function readValue(session: Session, key: string, file: string | undefined): Promise<SecretBytes> {
  if (file !== undefined) return readNamed(session, file);
  const { io } = session;
  if (io.terminal === null) return readNamed(session, STDIN_NAME);
  const value = await promptHidden(io, `value of ${JSON.stringify(key)}`);
  if (value.length === 0) throw emptyValue('nothing was typed');
  return value;
}

/** Content of a file or of standard input. Nothing on standard input is what a failed command leaves behind. */
async function readNamed(session: Session, name: string): Promise<SecretBytes> {
  const input = await readOneInput(session.io, name);
  if (input === null) throw usageError(`cannot read the directory "${name}" as a value`);
  if (name === STDIN_NAME && input.bytes.length === 0) throw emptyValue('standard input is empty');
  return takeOver(input.bytes);
}

async function readDocker(session: Session, server: string, username: string | undefined): Promise<NewItems> {
  const { io } = session;
  const hint = 'pipe it in, and name the user with --docker-username';
  const user = username ?? (await promptLine(io, `user name at ${server}`, hint));
  const password =
    io.terminal === null
      ? withoutLineBreak(await readNamed(session, STDIN_NAME))
      : await promptHidden(io, `password of ${user}`);
  if (user === '' || password.length === 0) throw emptyValue('user name or password is empty');
  const config = dockerConfig({ server, user, password });
  password.wipe();
  return { values: new Map([['.dockerconfigjson', config]]), type: 'kubernetes.io/dockerconfigjson' };
}

/** What a command prints ends its line, and no password holds a line break. */
function withoutLineBreak(value: SecretBytes): SecretBytes {
  const bytes = value.expose();
  let end = bytes.length;
  if (bytes[end - 1] === LINE_FEED) end -= 1;
  if (bytes[end - 1] === CARRIAGE_RETURN) end -= 1;
  const shortened = new SecretBytes(bytes.slice(0, end));
  value.wipe();
  return shortened;
}

function takeOver(bytes: Uint8Array): SecretBytes {
  const own = new SecretBytes(new Uint8Array(bytes));
  bytes.fill(0);
  return own;
}

function emptyValue(reason: string): CliError {
  return new CliError('CLI_INPUT_EMPTY', `cannot set an empty value: ${reason}`, {
    hint: 'name an empty file with --from-file if that is meant',
  });
}
