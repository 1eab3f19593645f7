/** @module What a person filled in for the items of a SealedSecret: a YAML map of names and values. */
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { isSecretKey, KEY_RULE } from '../../shared/sealing/check-items.ts';
import { CliError, throwIfAny } from '../terminal/errors.ts';

/** New values, which whoever gets them wipes, and the keys whose lines are gone. */
export interface EditedItems {
  readonly values: ReadonlyMap<string, SecretBytes>;
  readonly removed: readonly string[];
}

const WHERE = 'the edited text';

/**
 * The changes that `bytes` asks for. A key of `keys` without a value stays as it is.
 * @throws EncodingError; CliError or SeveralErrors: `CLI_OBJECT_INVALID`. None quotes a value.
 */
export function readEditedItems(bytes: Uint8Array, keys: readonly string[]): EditedItems {
  const [document, ...others] = parseDocuments(decodeInputText(bytes, WHERE), { where: WHERE });
  const map = document?.value ?? {};
  if (others.length > 0 || typeof map !== 'object' || Array.isArray(map)) {
    throw new CliError('CLI_OBJECT_INVALID', `cannot use ${WHERE}: expected lines of a name, a colon and a value`);
  }
  const entries = Object.entries(map);
  const faults = entries.flatMap(([key, value]) => faultOf(key, value, keys) ?? []);
  if (faults[0] !== undefined && faults.length === 1) throw faults[0];
  throwIfAny(faults, 'nothing was changed');
  const filled = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '');
  return {
    values: new Map(filled.map(([key, value]) => [key, SecretBytes.fromText(value)])),
    removed: keys.filter((key) => !Object.hasOwn(map, key)),
  };
}

function faultOf(key: string, value: unknown, keys: readonly string[]): CliError | null {
  const name = JSON.stringify(key);
  const isKnown = keys.includes(key);
  // It may be a value that slipped in front of a colon.
  if (!isKnown && !isSecretKey(key)) return invalid('one of the names is no key that a Secret can have', KEY_RULE);
  if (value === null || value === '')
    return isKnown ? null : invalid(`the new key ${name} has no value`, 'fill it in, or delete its line');
  if (typeof value === 'string') return null;
  return invalid(`the value of ${name} is not text to YAML`, 'write it in quotes');
}

function invalid(problem: string, hint: string): CliError {
  return new CliError('CLI_OBJECT_INVALID', `cannot use ${WHERE}: ${problem}`, { hint });
}
