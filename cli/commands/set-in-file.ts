/** @module `signet set` for a SealedSecret that is there: what it is decides, and the command line may only agree. */
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import type { CodedError } from '../../shared/errors/coded-error.ts';
import { scopeOf } from '../../shared/sealing/scope.ts';
import { NOTHING_CHANGED, openSealedFile, type SealedFile } from '../manifests/sealed-file.ts';
import { throwIfAny, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { readNewItems } from './new-items.ts';
import { certificateFor, placeIn, scopeRemark, sealIntoFile } from './seal-into-file.ts';
import type { NewObjectChoice, SetCommandOptions, SetTask } from './set-options.ts';

/** Seals the values of `source` into the file. Everything else is settled before anybody is asked for one. */
export async function setInFile(
  { file, source }: SetTask,
  options: SetCommandOptions,
  session: Session,
): Promise<ExitCode> {
  const target = await openSealedFile(session, file, options.object);
  assertAgrees(target, options);
  const place = placeIn(target, options.namespace);
  const certificate = await certificateFor(session, target, options);
  const { values, type } = await readNewItems(session, source);
  const own = typeOf(target);
  if (type !== undefined && type !== own) {
    session.report.warn(`${target.title} has the type "${own}", and such values are meant for "${type}"`);
  }
  const names = [...values.keys()].map((key) => JSON.stringify(key)).join(', ');
  await sealIntoFile(session, { target, place, certificate, ...options }, { values });
  session.report.note(`set ${names} of ${target.title}${scopeRemark(place)}`);
  return EXIT.done;
}

/** @throws SeveralErrors: `CLI_USAGE` */
function assertAgrees(target: SealedFile, { name, scope, type }: NewObjectChoice): void {
  const { metadata } = target.sealed;
  const errors: CodedError[] = [];
  const compare = (option: string, wanted: string | undefined, found: string): void => {
    if (wanted === undefined || wanted === found) return;
    errors.push(
      usageError(`cannot use ${option} ${JSON.stringify(wanted)}: ${target.title} has ${JSON.stringify(found)}`),
    );
  };
  compare('--name', name, String(metadata.name));
  compare('--scope', scope, scopeOf(metadata));
  compare('--type', type, typeOf(target));
  throwIfAny(errors, NOTHING_CHANGED);
}

function typeOf({ sealed }: SealedFile): string {
  const { type } = fieldsOf(fieldsOf(sealed.spec)['template']);
  return typeof type === 'string' && type !== '' ? type : 'Opaque';
}
