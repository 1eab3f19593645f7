/** @module `signet version`. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { addExamples } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addJsonOption, type JsonOption } from '../options/output-options.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { VERSION } from './version-number.ts';
import { writeResult } from './write-result.ts';

/** Declares `signet version`. */
export const declareVersion: DeclareCommand = (command, invoke) => {
  addExamples(addJsonOption(command), [['For a script', 'signet version -o json']]);
  command.action((options: JsonOption) => invoke((session) => showVersion(options, session)));
};

/** Print the version of this program and of the Node that runs it. */
async function showVersion(options: JsonOption, session: Session): Promise<ExitCode> {
  const { node } = process.versions;
  const text =
    options.output === 'json'
      ? `${stringifyJson({ signet: VERSION, node }, 2)}\n`
      : `signet ${VERSION} (Node ${node})\n`;
  await writeResult(session, { text, file: undefined, access: 'public' });
  return EXIT.done;
}
