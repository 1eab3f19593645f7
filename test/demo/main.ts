/** @module `npm run demo`: the whole path on a real API server, told step by step. `--from DIR` takes another application, `--keep` leaves it running. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { createShell, type Shell } from './commands.ts';
import { farewell, preparation } from './notes.ts';
import { type DemoOptions, readDemoOptions } from './options.ts';
import { fillRepository } from './scenario.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage-messages.ts';
import {
  commitAndSync,
  type DemoContext,
  pruneRemoved,
  repairDrift,
  rollOutEdit,
  rotateKey,
  sealSecrets,
  showSecrets,
} from './steps.ts';
import { Story } from './story.ts';

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const STEPS = [sealSecrets, commitAndSync, showSecrets, repairDrift, rotateKey, rollOutEdit, pruneRemoved];

async function demo({ from, keep }: DemoOptions): Promise<void> {
  const write = (text: string) => process.stdout.write(text);
  write('Signet, from nothing to a synced application\n\n');
  const open = await openStage((line) => write(`   ${line}\n`));
  try {
    await tell(open.stage, from, write);
    if (keep) {
      open.keep();
      write(farewell(open.stage));
    } else {
      await open.close();
      write('\nDone; everything that was started has ended, and its files are removed.\n');
    }
  } catch (error) {
    await open.close();
    throw error;
  }
}

async function tell(stage: Stage, from: string | undefined, write: (text: string) => void): Promise<void> {
  const tree = path.join(stage.folder, 'tree');
  const abbreviations = new Map([
    [stage.kubeconfig, '$KUBECONFIG'],
    [stage.folder, '$DEMO'],
  ]);
  const story = new Story({ write, abbreviations });
  write(
    `\n${preparation(stage)
      .map((line) => `   ${line}\n`)
      .join('')}`,
  );
  const shell = createDemoShell(stage, story);
  const client = createKubeClient(await loadKubeconfig({ path: stage.kubeconfig, env: {} }));
  try {
    const scenario = await makeWorkingCopy({ stage, shell, tree, from });
    const context: DemoContext = { stage, story, shell, client, scenario, tree };
    for (const step of STEPS) await step(context);
  } finally {
    client.close();
  }
}

function createDemoShell(stage: Stage, story: Story): Shell {
  return createShell({
    story,
    env: {
      ...process.env,
      KUBECONFIG: stage.kubeconfig,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Demo',
      GIT_AUTHOR_EMAIL: 'demo@example.com',
      GIT_COMMITTER_NAME: 'Demo',
      GIT_COMMITTER_EMAIL: 'demo@example.com',
    },
    programs: { signet: [process.execPath, cli], kubectl: [stage.kubectl] },
  });
}

async function makeWorkingCopy(parts: { stage: Stage; shell: Shell; tree: string; from: string | undefined }) {
  const { stage, shell, tree, from } = parts;
  await mkdir(tree);
  await shell.run(['git', 'init', '--quiet', '--initial-branch=main', tree], { hidden: true });
  await shell.run(['git', '-C', tree, 'remote', 'add', 'origin', stage.repository], { hidden: true });
  return fillRepository(tree, from);
}

try {
  await demo(await readDemoOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
