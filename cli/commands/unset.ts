/** @module `signet unset`: takes items out of a SealedSecret in a file. No certificate and no cluster is needed. */
import { openSealedFile, type SealedFile, writeSealedFile } from '../manifests/sealed-file.ts';
import { addExamples } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addObjectOptions, type ObjectOptions } from '../options/object-options.ts';
import { CliError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';

/** Declares `signet unset`. */
export const declareUnset: DeclareCommand = (command, invoke) => {
  command.argument('<file>', 'file with a SealedSecret');
  command.argument('<key...>', 'keys of the values to take out');
  addExamples(addObjectOptions(command), [['Take a value out', 'signet unset sealed.yaml old-password']]);
  command.action((file: string, keys: readonly string[], options: ObjectOptions) =>
    invoke((session) => unset({ file, keys }, options, session)),
  );
};

/** Removes the lines of `keys`. All of them must be there. */
async function unset(
  { file, keys }: { readonly file: string; readonly keys: readonly string[] },
  { object }: ObjectOptions,
  session: Session,
): Promise<ExitCode> {
  const target = await openSealedFile(session, file, object);
  const removed = [...new Set(keys)];
  for (const key of removed) assertHas(target, key);
  await writeSealedFile(session, target, { removed });
  const names = removed.map((key) => JSON.stringify(key)).join(', ');
  session.report.note(`took ${names} out of ${target.title}`);
  if (removed.length === target.keys.length) session.report.note('it holds no sealed value any more');
  return EXIT.done;
}

/** @throws CliError `CLI_OBJECT_INVALID` with the keys that there are */
export function assertHas({ keys, title }: SealedFile, key: string): void {
  if (keys.includes(key)) return;
  const known = keys.map((one) => JSON.stringify(one)).join(', ');
  throw new CliError('CLI_OBJECT_INVALID', `${title} has no sealed value ${JSON.stringify(key)}`, {
    hint: known === '' ? 'it has none at all' : `it has ${known}`,
  });
}
