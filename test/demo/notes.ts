/** @module What the demo tells its reader beside the story: how to repeat its commands, and how to end what it left running. */
import type { Stage } from './stage-messages.ts';

/** Shell lines that make the shown commands work, for a shell in the root of the checkout. */
export function preparation(stage: Stage): readonly string[] {
  return [
    `export DEMO=${stage.folder}`,
    `export KUBECONFIG=${stage.kubeconfig}`,
    `alias kubectl=${stage.kubectl}`,
    // The reader's own Node may be too old to run the sources, and the shell may go to another folder later.
    'alias signet="$PWD/node_modules/.bin/node $PWD/cli/main.ts"',
  ];
}

/** The last words of a demo that leaves its cluster running. */
export function farewell(stage: Stage): string {
  const lines = preparation(stage).map((line) => `  ${line}\n`);
  return `
Everything keeps running. To look around, from the root of the checkout:

${lines.join('')}
The controller writes its log to ${stage.controllerLog}.

To end it and remove its files:

  kill ${stage.pid}
`;
}

/** `1 file`, `2 files`. */
export function countFiles(count: number): string {
  return `${count} ${count === 1 ? 'file' : 'files'}`;
}
