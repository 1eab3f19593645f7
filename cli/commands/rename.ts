/** @module `signet rename`: another key for a sealed value, which is not bound to it. No certificate and no cluster is needed. */
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import { isSecretKey, KEY_RULE } from '../../shared/sealing/check-items.ts';
import { openSealedFile, type SealedFile, writeSealedFile } from '../manifests/sealed-file.ts';
import { addExamples } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addObjectOptions, type ObjectOptions } from '../options/object-options.ts';
import { CliError, usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { assertHas } from './unset.ts';

interface Names {
  readonly from: string;
  readonly to: string;
}

/** Declares `signet rename`. */
export const declareRename: DeclareCommand = (command, invoke) => {
  command.argument('<file>', 'file with a SealedSecret');
  command.argument('<old>', 'key of the value');
  command.argument('<new>', 'its new key');
  addExamples(addObjectOptions(command), [['Give a value another key', 'signet rename sealed.yaml passwd password']]);
  command.action((file: string, from: string, to: string, options: ObjectOptions) =>
    invoke((session) => rename(file, { from, to }, { ...options, session })),
  );
};

/** Changes the key in its place; the sealed value stays as it is. */
async function rename(
  file: string,
  { from, to }: Names,
  { object, session }: ObjectOptions & { readonly session: Session },
): Promise<ExitCode> {
  if (from === to) throw usageError(`cannot rename ${JSON.stringify(from)} to itself`);
  const target = await openSealedFile(session, file, object);
  assertHas(target, from);
  if (!isSecretKey(to))
    throw usageError(`cannot rename to ${JSON.stringify(to)}: no Secret can have such a key`, KEY_RULE);
  if (target.keys.includes(to)) {
    throw new CliError('CLI_OBJECT_INVALID', `${target.title} has a sealed value ${JSON.stringify(to)} already`, {
      hint: 'take it out first with `signet unset`',
    });
  }
  await writeSealedFile(session, target, { renamed: new Map([[from, to]]) });
  session.report.note(`renamed ${JSON.stringify(from)} to ${JSON.stringify(to)} in ${target.title}`);
  warnOfTemplates(session, target, from);
  return EXIT.done;
}

/** Template actions find values by their keys. */
function warnOfTemplates({ report }: Session, { sealed }: SealedFile, from: string): void {
  const { data } = fieldsOf(fieldsOf(sealed.spec)['template']);
  for (const [key, text] of Object.entries(fieldsOf(data))) {
    if (typeof text === 'string' && text.includes('{{') && text.includes(from)) {
      report.warn(`spec.template.data ${JSON.stringify(key)} may still use ${JSON.stringify(from)}`);
    }
  }
}
