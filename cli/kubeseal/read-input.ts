/** @module The input of kubeseal: standard input or the file of `-f`, as bytes or as the objects in it, Lists taken apart. */
import { isMap } from '../../shared/encoding/value-kind.ts';
import { type ManifestFile, parseManifest } from '../manifests/manifest-files.ts';
import { type ManifestObject, objectsOf } from '../manifests/manifest-objects.ts';
import { CliError } from '../terminal/errors.ts';
import { type InputFile, readInputFile, readStdin } from '../terminal/input-files.ts';
import { type Io, resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { systemCodeOf } from '../terminal/system-error.ts';
import { fileError, inputError, KubesealError } from './errors.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';

/** A map of fields: nothing more is known of it. */
export type Fields = Readonly<Record<string, unknown>>;

/** One object of the input. */
export interface InputObject extends ManifestObject {
  readonly value: Fields;
}

/** The input. @throws KubesealError `KUBESEAL_FILE_UNREADABLE`; CliError */
export async function readInput({ io }: Session, { secretFile }: KubesealFlags): Promise<InputFile> {
  if (secretFile === '') return readStdin(io);
  try {
    return await readNamedFile(io, secretFile);
  } catch (error) {
    const message = 'Could not read file specified with --secret-file';
    throw error instanceof KubesealError
      ? new KubesealError('KUBESEAL_FILE_UNREADABLE', message, { cause: error })
      : error;
  }
}

/** The documents of the input. @throws as {@link readInput}; EncodingError for a text that cannot be read to its end */
export async function readInputManifest(session: Session, flags: KubesealFlags): Promise<ManifestFile> {
  return parseManifest(await readInput(session, flags));
}

/** The file `name`, which may be a pipe. @throws KubesealError `KUBESEAL_FILE_UNREADABLE`; CliError `CLI_INPUT_TOO_LARGE` */
export async function readNamedFile(io: Io, name: string): Promise<InputFile> {
  try {
    return await readInputFile({ name, path: resolvePath(io, name), isFromDirectory: false });
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'CLI_INPUT_UNREADABLE') throw error;
    throw systemCodeOf(error.cause) === undefined ? error : fileError(name, error.cause);
  }
}

/** Every object of `file`, in order. Empty maps are nothing, as for kubeseal. @throws KubesealError `KUBESEAL_INPUT_INVALID` */
export function inputObjectsOf(file: ManifestFile): readonly InputObject[] {
  return objectsOf(file).flatMap((object) => {
    const { place, value } = object;
    if (!isMap(value)) throw inputError(`${place}: expected an object, found something else`);
    return Object.keys(value).length === 0 ? [] : [{ ...object, value }];
  });
}
