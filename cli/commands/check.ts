/** @module `signet check`: whether an installation keeps what is promised of it. */
import type { DeclareCommand } from '../options/invoke.ts';
import { declareCheckOpengitops } from './check-opengitops.ts';

/** Declares `signet check` and its verbs. */
export const declareCheck: DeclareCommand = (command, invoke) => {
  declareCheckOpengitops(
    command.command('opengitops').description('ask what the principles of OpenGitOps ask, with evidence'),
    invoke,
  );
};
