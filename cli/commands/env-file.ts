/** @module Files of `KEY=value` lines, by the rules of kubectl's and docker's --from-env-file: nothing is unquoted and nothing expanded. */
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { isSecretKey, KEY_RULE } from '../../shared/sealing/check-items.ts';
import { CliError } from '../terminal/errors.ts';

/**
 * The entries of `content`, which is wiped. Blank lines and those that begin with `#` are left out; a value is all that
 * stands behind the first `=`.
 * @param name of the file, for messages
 * @throws CliError `CLI_OBJECT_INVALID`, `CLI_INPUT_EMPTY`; EncodingError `TEXT_NOT_UTF8`. None quotes the line.
 */
export function parseEnvFile(content: SecretBytes, name: string): ReadonlyMap<string, SecretBytes> {
  const lines = decodeInputText(content.expose(), `"${name}"`).split(/\r?\n/);
  content.wipe();
  const values = new Map<string, SecretBytes>();
  for (const [at, line] of lines.entries()) {
    const text = line.trimStart();
    if (text === '' || text.startsWith('#')) continue;
    const equals = text.indexOf('=');
    if (equals < 0) throw invalid(name, at, 'it has no "="', 'write KEY=value');
    const key = text.slice(0, equals);
    if (!isSecretKey(key)) throw invalid(name, at, 'what stands before "=" is no key of a Secret', KEY_RULE);
    if (values.has(key)) throw invalid(name, at, `it sets ${JSON.stringify(key)} again`, 'remove one of them');
    values.set(key, SecretBytes.fromText(text.slice(equals + 1)));
  }
  if (values.size > 0) return values;
  throw new CliError('CLI_INPUT_EMPTY', `cannot read values from "${name}": it holds none`);
}

function invalid(name: string, at: number, problem: string, hint: string): CliError {
  return new CliError('CLI_OBJECT_INVALID', `cannot read line ${at + 1} of "${name}": ${problem}`, { hint });
}
