/** @module The SealedSecrets in the files that the user names, checked as far as re-encrypting them needs. */
import { fieldsOf, isMap, isTextMap } from '../../shared/encoding/value-kind.ts';
import type { CodedError } from '../../shared/errors/coded-error.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { readReceipt } from '../../shared/sealing/receipt.ts';
import { CliError } from '../terminal/errors.ts';
import type { Session } from '../terminal/session.ts';
import { readManifests } from './manifest-files.ts';
import { describeObject, isSealedSecret, type ManifestObject, objectsOf } from './manifest-objects.ts';

/** One SealedSecret of a file: its name and its items are texts. */
export interface SealedObject {
  readonly source: ManifestObject;
  /** As in the file; a namespace that the file leaves open is filled in where it is known. */
  readonly sealed: SealedSecret;
  /** For messages: `app.yaml:4: document 2: SealedSecret "shop/db"`. */
  readonly title: string;
}

/** What was found, and everything that is wrong. */
export interface SealedObjects {
  readonly objects: readonly SealedObject[];
  readonly errors: readonly CodedError[];
}

/**
 * Reads `names`: in a directory SealedSecrets are picked out, and a file that is named must hold one. Objects that name no namespace get
 * `namespace`, or the one of their receipt.
 */
export async function readSealedObjects(
  session: Session,
  names: readonly string[],
  namespace?: string,
): Promise<SealedObjects> {
  const { files, errors: unreadable } = await readManifests(session, names, 'SealedSecret');
  const objects: SealedObject[] = [];
  const errors: CodedError[] = [...unreadable];
  for (const file of files) {
    const own = objectsOf(file);
    const sealed = own.filter(({ value }) => isSealedSecret(value));
    const [first] = own;
    if (sealed.length === 0 && first !== undefined && !file.input.isFromDirectory) {
      const what = `${first.place}: cannot reseal ${describeObject(first.value)}: it is not a SealedSecret`;
      errors.push(new CliError('CLI_WRONG_KIND', what));
    }
    for (const source of sealed) {
      const fault = faultOf(source.value);
      const title = `${source.place}: ${describeObject(source.value)}`;
      if (fault === null) objects.push({ source, sealed: placed(source.value as SealedSecret, namespace), title });
      else errors.push(new CliError('CLI_OBJECT_INVALID', `cannot reseal ${title}: ${fault.problem}`, fault));
    }
  }
  return { objects, errors };
}

/** Many files leave the namespace to kustomize or to `kubectl -n`; the values are bound to it all the same. */
function placed(sealed: SealedSecret, fallback: string | undefined): SealedSecret {
  if ((sealed.metadata.namespace ?? '') !== '') return sealed;
  const namespace = fallback ?? readReceipt(sealed.metadata)?.namespace ?? '';
  return namespace === '' ? sealed : { ...sealed, metadata: { ...sealed.metadata, namespace } };
}

interface Fault {
  readonly problem: string;
  readonly hint?: string;
}

function faultOf(value: unknown): Fault | null {
  const { metadata, spec } = fieldsOf(value);
  const { name, namespace = null, annotations = null } = fieldsOf(metadata);
  if (typeof name !== 'string' || name === '') return { problem: 'metadata.name is missing' };
  if (namespace !== null && typeof namespace !== 'string') return { problem: 'metadata.namespace is not text' };
  if (annotations !== null && !isTextMap(annotations)) return { problem: 'metadata.annotations is not a map of texts' };
  const { encryptedData = {}, data } = fieldsOf(spec);
  if (typeof data === 'string' && data !== '') {
    return { problem: 'it has the deprecated field "spec.data"', hint: 'seal the Secret again' };
  }
  if (!isMap(spec)) return { problem: 'spec is missing' };
  return isTextMap(encryptedData ?? {}) ? null : { problem: 'spec.encryptedData is not a map of texts' };
}
