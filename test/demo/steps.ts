/** @module The steps of the demo, in the order in which they run. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import type { Shell } from './commands.ts';
import { countFiles } from './notes.ts';
import { findSecretFiles, type Scenario } from './scenario.ts';
import type { Stage } from './stage-messages.ts';
import type { Story } from './story.ts';

/** What every step works with. `tree` is the working copy of the repository. */
export interface DemoContext {
  readonly stage: Stage;
  readonly story: Story;
  readonly shell: Shell;
  readonly client: KubeClient;
  readonly scenario: Scenario;
  readonly tree: string;
}

const GIT_SYNC = 'demo';

/** Seals what the repository has of Secrets; afterwards nothing in it is secret. */
export async function sealSecrets({ story, shell, scenario, tree }: DemoContext): Promise<void> {
  story.step('Seal the Secrets, in place, with the certificate that the cluster publishes');
  await shell.run(['signet', 'cert', 'show']);
  const files = await findSecretFiles(tree);
  const flags = (names: readonly string[]) => names.flatMap((name) => ['-f', name]);
  if (files.withNamespace.length > 0) await shell.run(['signet', 'seal', ...flags(files.withNamespace), '--in-place']);
  if (files.without.length > 0) {
    await shell.run(['signet', 'seal', ...flags(files.without), '-n', scenario.namespace, '--in-place']);
  }
  const count = countFiles(files.withNamespace.length + files.without.length);
  story.say(`${count} sealed; other documents and comments are as they were`);
}

/** Commits everything and points a GitSync at it. */
export async function commitAndSync(context: DemoContext): Promise<void> {
  const { stage, story, shell, scenario, tree } = context;
  story.step('Commit, push, and tell Signet where the repository is');
  await shell.run(['git', '-C', tree, 'add', '--all'], { quiet: true });
  await shell.run(['git', '-C', tree, 'commit', '--quiet', '-m', 'Add the application, its Secrets sealed']);
  await shell.run(['git', '-C', tree, 'push', '--quiet', 'origin', 'main']);
  await shell.run(['kubectl', 'create', 'namespace', scenario.namespace]);
  const manifest = path.join(stage.folder, 'gitsync.yaml');
  await writeFile(manifest, gitSyncManifest(scenario.namespace, stage.url));
  story.say(await readFile(manifest, 'utf8'));
  await shell.run(['kubectl', 'apply', '-f', manifest]);
  await reconcile(context);
}

function gitSyncManifest(namespace: string, url: string): string {
  return `apiVersion: signet.dev/v1alpha1
kind: GitSync
metadata:
  name: ${GIT_SYNC}
  namespace: ${namespace}
spec:
  source:
    url: ${url}
    ref: {branch: main}
  interval: 10s
  prune: true
`;
}

/** Asks for a sync and shows what came of it; of one that failed, every failure. */
async function reconcile({ shell, scenario }: DemoContext): Promise<void> {
  try {
    await shell.run(['signet', 'sync', 'reconcile', GIT_SYNC, '-n', scenario.namespace]);
  } catch {
    await shell.run(['signet', 'sync', 'status', GIT_SYNC, '-n', scenario.namespace]);
    throw new Error('the repository did not sync; the status above says why');
  }
}

/** Shows which Secrets there are now, by name and size. */
export async function showSecrets({ story, shell, client }: DemoContext): Promise<void> {
  story.step('The controller has unsealed them');
  const sealed = await eventually(async () => {
    const names = JSON.parse(
      await shell.run(['kubectl', 'get', 'sealedsecrets', '-A', '-o', 'json'], { hidden: true }),
    );
    const items = names.items as {
      metadata: { namespace: string; name: string };
      status?: { conditions?: { status: string }[] };
    }[];
    const waiting = items.filter((item) => item.status?.conditions?.[0]?.status !== 'True');
    if (waiting.length > 0) throw new Error(`not unsealed: ${waiting.map((item) => item.metadata.name).join(', ')}`);
    return items.map((item) => item.metadata);
  });
  await shell.run(['kubectl', 'get', 'sealedsecrets', '-A']);
  story.say('what the Secrets hold (sizes only):');
  for (const reference of sealed) {
    const secret = await client.get(SECRETS, reference);
    const data = (secret?.['data'] ?? {}) as Record<string, string>;
    const sizes = Object.entries(data).map(([key, value]) => `${key} ${Buffer.from(value, 'base64').length} bytes`);
    story.say(`  ${reference.namespace}/${reference.name}: ${sizes.join(', ')}`);
  }
}

/** Changes an object by hand and waits until it is back as Git wants it. */
export async function repairDrift({ story, shell, client, scenario }: DemoContext): Promise<void> {
  const { config, values } = scenario;
  story.step('Somebody edits a synced object by hand');
  const repaired = watchValue(client, scenario, [values.after, values.before]);
  const patch = JSON.stringify({ data: { [config.key]: values.after } });
  await shell.run(['kubectl', 'patch', 'configmap', config.name, '-n', config.namespace, '--type=merge', '-p', patch]);
  const [edited, mended] = await repaired;
  story.say(`the edit was undone ${Math.round((mended ?? 0) - (edited ?? 0))} ms after it`);
}

/** Times at which the watched value was first seen as each of `values`, in that order. */
function watchValue(client: KubeClient, scenario: Scenario, values: readonly string[]): Promise<number[]> {
  const { config } = scenario;
  return new Promise((resolve, reject) => {
    const seen: number[] = [];
    const selection = { namespace: config.namespace, fieldSelector: `metadata.name=${config.name}` };
    const watch = client.watch(CONFIG_MAPS, selection, {
      onEvent: ({ object }) => {
        const data = (object['data'] ?? {}) as Record<string, string>;
        if (data[config.key] !== values[seen.length]) return;
        seen.push(performance.now());
        if (seen.length < values.length) return;
        clearTimeout(timer);
        watch.stop();
        resolve(seen);
      },
      onSynced: () => undefined,
      onProblem: () => undefined,
    });
    const timer = setTimeout(() => {
      watch.stop();
      reject(new Error(`${config.name} did not become ${values.join(', then ')} within 30 s`));
    }, 30_000);
  });
}

/** Makes a new sealing key and shows that what was sealed before still opens. */
export async function rotateKey({ story, shell, client }: DemoContext): Promise<void> {
  story.step('Rotate the sealing key');
  await shell.run(['signet', 'rotate']);
  const [first] = (await client.list(SECRETS, { metadataOnly: true })).items.filter((item) =>
    item.metadata.ownerReferences?.some((owner) => owner.kind === 'SealedSecret'),
  );
  if (!first?.metadata.name || !first.metadata.namespace) throw new Error('no unsealed Secret was found');
  const reference = { name: first.metadata.name, namespace: first.metadata.namespace };
  await shell.run(['kubectl', 'delete', 'secret', reference.name, '-n', reference.namespace]);
  await eventually(async () => {
    const again = await client.get(SECRETS, reference);
    if (!again || again.metadata.uid === first.metadata.uid)
      throw new Error(`Secret ${reference.name} has not come back`);
  });
  story.say(`${reference.namespace}/${reference.name} came back: the older key still opens what was sealed to it`);
}

/** Edits a file in Git and shows the edit in the cluster. */
export async function rollOutEdit(context: DemoContext): Promise<void> {
  const { story, shell, client, scenario, tree } = context;
  const { config, values } = scenario;
  story.step('Edit a file, commit, push');
  const file = path.join(tree, config.file);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(`${config.key}: "${values.before}"`, `${config.key}: "${values.after}"`));
  await shell.run(['git', '-C', tree, 'diff', '-U0']);
  await pushAll(context, 'Change a setting');
  const live = await client.get(CONFIG_MAPS, config);
  const data = (live?.['data'] ?? {}) as Record<string, string>;
  if (data[config.key] !== values.after) throw new Error(`${config.name} was not rolled out`);
  await shell.run([
    'kubectl',
    'get',
    'configmap',
    config.name,
    '-n',
    config.namespace,
    '-o',
    `jsonpath={.data.${config.key}}`,
  ]);
}

/** Removes files from Git and shows that their objects are gone. */
export async function pruneRemoved(context: DemoContext): Promise<void> {
  const { story, shell, scenario, tree } = context;
  const { removed } = scenario;
  story.step('Remove a file, commit, push');
  await shell.run(['git', '-C', tree, 'rm', '-r', '--quiet', removed.path]);
  await rm(path.join(tree, removed.path), { recursive: true, force: true });
  await pushAll(context, `Remove ${removed.path}`);
  await shell.run(['kubectl', 'wait', '-n', removed.namespace, removed.object, '--for=delete', '--timeout=30s']);
  story.say(`${removed.object} is gone from the cluster`);
  await shell.run(['signet', 'sync', 'status', GIT_SYNC, '-n', scenario.namespace]);
}

async function pushAll(context: DemoContext, message: string): Promise<void> {
  const { shell, tree } = context;
  await shell.run(['git', '-C', tree, 'commit', '--quiet', '--all', '-m', message]);
  await shell.run(['git', '-C', tree, 'push', '--quiet', 'origin', 'main']);
  await reconcile(context);
}
