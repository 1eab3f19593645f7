/** @module The values that a GitSync puts into its files: its own, and those of ConfigMaps and Secrets of its namespace. */
import { decodeBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/bytes.ts';
import { fieldsOf } from '../encoding/value-kind.ts';
import type { KubeReader } from '../kube/client.ts';
import { isKubeError } from '../kube/errors.ts';
import { CONFIG_MAPS, SECRETS } from '../kube/resource-type.ts';
import type { GitSync, SubstituteSource } from '../resources/git-sync.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { VARIABLE_NAME, type Variable, type Variables } from '../sync-plan/variable-text.ts';
import { SubstitutionError } from './errors.ts';

/** Variables, and what they were read from. */
export interface LoadedVariables {
  /** Null for a GitSync that replaces nothing. */
  readonly variables: Variables | null;
  /** Another text as soon as an object that they are read from is another one, or has changed. Holds no value. */
  readonly stamp: string;
}

/** Largest value, in characters: no template is that long, and a value may be put into many places. */
const MAX_VALUE = 64 * 1024;
const MAX_VARIABLES = 1_000;
const MAX_SOURCES = 50;

/** Reads the variables of `gitSync`, one request for each object that it names. @throws SubstitutionError; KubeError */
export async function loadVariables(client: Pick<KubeReader, 'get'>, gitSync: GitSync): Promise<LoadedVariables> {
  const { substitute } = gitSync.spec;
  if (substitute === undefined) return { variables: null, stamp: '' };
  const { from = [], vars = {} } = substitute;
  if (from.length > MAX_SOURCES) throw refuse(`spec.substitute.from has more than ${MAX_SOURCES} entries`);
  const objects = await inTheirOrder(from.map((source) => readSource(client, gitSync, source)));
  const variables = new Map<string, Variable>();
  for (const [index, object] of objects.entries()) addValues(variables, from[index], object);
  for (const [name, value] of Object.entries(vars)) {
    if (!VARIABLE_NAME.test(name))
      throw refuse(`spec.substitute.vars ${JSON.stringify(name.slice(0, 128))} is no name of a variable`);
    add(variables, name, { value, isSecret: false });
  }
  const stamp = objects.map((object) =>
    object === null ? '-' : `${object.metadata.uid ?? ''}/${object.metadata.resourceVersion ?? ''}`,
  );
  return { variables, stamp: stamp.join(' ') };
}

/** The values of `reads`; where several fail, the first in their order is thrown, so that a message does not change with the weather. */
async function inTheirOrder<T>(reads: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(reads);
  return Promise.all(reads);
}

async function readSource(
  client: Pick<KubeReader, 'get'>,
  { metadata: { namespace = '' } }: GitSync,
  { kind, name, optional = false }: SubstituteSource,
): Promise<KubeObject | null> {
  const type = kind === 'Secret' ? SECRETS : CONFIG_MAPS;
  const object = await client.get(type, { namespace, name }).catch((error: unknown) => {
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    throw refuse(
      `${kind} ${namespace}/${name} of spec.substitute.from may not be read`,
      'let the account of the GitSync get it',
    );
  });
  if (object === null && !optional)
    throw refuse(
      `${kind} ${namespace}/${name} of spec.substitute.from does not exist`,
      'make it, or mark the entry as optional',
    );
  return object;
}

/** Keys that are no names of variables, and values that are no text, are for others, and cannot be referred to. */
function addValues(
  variables: Map<string, Variable>,
  source: SubstituteSource | undefined,
  object: KubeObject | null,
): void {
  if (source === undefined || object === null) return;
  const isSecret = source.kind === 'Secret';
  for (const [name, text] of Object.entries(fieldsOf(object['data']))) {
    if (!VARIABLE_NAME.test(name) || typeof text !== 'string') continue;
    const value = isSecret ? decodeUtf8(decodeBase64(text)) : text;
    if (value !== null) add(variables, name, { value: value.replace(/\r?\n$/, ''), isSecret });
  }
}

function add(variables: Map<string, Variable>, name: string, variable: Variable): void {
  if (variable.value.length > MAX_VALUE)
    throw refuse(`the value of variable "${name}" is longer than ${MAX_VALUE / 1024} KiB`);
  variables.set(name, variable);
  if (variables.size > MAX_VARIABLES) throw refuse(`there are more than ${MAX_VARIABLES} variables`);
}

function refuse(why: string, hint?: string): SubstitutionError {
  return new SubstitutionError(
    'SUBSTITUTE_SOURCE_INVALID',
    `cannot read the variables: ${why}`,
    hint === undefined ? {} : { hint },
  );
}
