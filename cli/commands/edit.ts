/** @module `signet edit`: all items of a SealedSecret in an editor, by name and with empty values, since nobody can see the old ones. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { openSealedFile, type SealedFile } from '../manifests/sealed-file.ts';
import { addCertificateOptions, type CertificateOptions } from '../options/certificate-options.ts';
import { addControllerOptions, type ControllerOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addObjectOptions, type ObjectOptions } from '../options/object-options.ts';
import { editorCommand, runEditor } from '../terminal/editor.ts';
import { CliError, SeveralErrors } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { type PrivateFile, withPrivateFile } from '../terminal/private-file.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Session } from '../terminal/session.ts';
import { type EditedItems, readEditedItems } from './edited-items.ts';
import { addLintOptions, type LintOptions } from './lint-report.ts';
import { certificateFor, placeIn, scopeRemark, sealIntoFile } from './seal-into-file.ts';

/** What `signet edit` can be told. */
interface EditCommandOptions extends CertificateOptions, ControllerOptions, LintOptions, ObjectOptions {
  readonly namespace?: string;
  readonly yes?: boolean;
}

const EXAMPLES: readonly Example[] = [
  ['Replace, add and remove several values at once', 'signet edit sealed.yaml'],
  ['With another editor', 'EDITOR="code --wait" signet edit sealed.yaml'],
];

/** Declares `signet edit`. */
export const declareEdit: DeclareCommand = (command, invoke) => {
  command.argument('<file>', 'file with a SealedSecret');
  addObjectOptions(command)
    .option('-n, --namespace <namespace>', 'namespace of a SealedSecret that names none')
    .option('--yes', 'remove values whose lines were deleted without asking');
  addCertificateOptions(command, '.signet/keys.pem in the folder of the file or above it, then the cluster');
  addExamples(addControllerOptions(addLintOptions(command)), EXAMPLES);
  command.action((file: string, options: EditCommandOptions) => invoke((session) => edit(file, options, session)));
};

/** Opens the editor, and seals what was filled in. Everything else is settled before. */
async function edit(file: string, options: EditCommandOptions, session: Session): Promise<ExitCode> {
  const { io, report } = session;
  const target = await openSealedFile(session, file, options.object);
  const place = placeIn(target, options.namespace);
  editorCommand(io);
  const certificate = await certificateFor(session, target, options);
  const { values, removed } = await editItems(session, target);
  if (values.size === 0 && removed.length === 0) {
    report.note('nothing was filled in, and nothing changed');
    return EXIT.done;
  }
  if (removed.length > 0 && options.yes !== true && !(await confirmRemoval(session, target, removed))) {
    for (const value of values.values()) value.wipe();
    report.note('nothing was changed');
    return EXIT.findings;
  }
  await sealIntoFile(session, { target, place, certificate, ...options }, { values, removed });
  report.note(`${describeChange(values.size, removed.length)} ${target.title}${scopeRemark(place)}`);
  return EXIT.done;
}

/** Opens the editor until what comes out of it can be used, or the user gives up. */
function editItems(session: Session, target: SealedFile): Promise<EditedItems> {
  return withPrivateFile(session.io, { name: 'values.yaml', text: textFor(target) }, async (file) => {
    for (;;) {
      await runEditor(session.io, file.path);
      const items = await readOrAsk(session, file, target.keys);
      if (items !== null) return items;
    }
  });
}

/** Null when the text cannot be used and the user wants to mend it; where nobody can be asked that is an error. */
async function readOrAsk(
  { io, report }: Session,
  file: PrivateFile,
  keys: readonly string[],
): Promise<EditedItems | null> {
  try {
    return readEditedItems(file.read(), keys);
  } catch (error) {
    const isFault = error instanceof CodedError || error instanceof SeveralErrors;
    if (!isFault || io.terminal === null) throw error;
    report.fail(error);
  }
  if (await confirm(io, 'open the editor again?')) return null;
  throw giveUp();
}

function giveUp(): CliError {
  return new CliError('CLI_EDITOR_FAILED', 'cannot use the edited text, and nothing was changed');
}

function textFor({ keys, title }: SealedFile): string {
  const names = Object.fromEntries(keys.map((key) => [key, '']));
  return [
    `# New values for ${toPrintableLine(title)}, as YAML: quote what is no plain text.`,
    '# A value that stays empty is kept as it is. A line that is deleted removes its value, a new line adds one.',
    keys.length === 0 ? '' : stringifyYaml(names),
  ].join('\n');
}

async function confirmRemoval({ io }: Session, { title }: SealedFile, removed: readonly string[]): Promise<boolean> {
  const names = removed.map((key) => JSON.stringify(key)).join(', ');
  return confirm(io, `remove ${names} from ${title}?`);
}

function describeChange(set: number, removed: number): string {
  const parts = [set > 0 ? `set ${set}` : '', removed > 0 ? `removed ${removed}` : ''].filter((part) => part !== '');
  return `${parts.join(' and ')} of the values of`;
}
