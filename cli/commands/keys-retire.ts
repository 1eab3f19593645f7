/** @module `signet keys retire`: takes a sealing key out of use, once nothing in the cluster or the repository needs it. */
import { toKubeTime } from '../../shared/resources/conditions.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { findKey } from '../connect/find-key.ts';
import { getKeyList } from '../connect/key-lists.ts';
import { readObjectKeys } from '../connect/needing-objects.ts';
import { awaitRetirement, labelKey, readKeySecret } from '../connect/relabel-key.ts';
import { defaultFolders, readRepositoryItems } from '../manifests/repository-items.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { collect } from '../options/collect.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { InputOptions } from '../options/input-options.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { throwIfAny } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Session } from '../terminal/session.ts';
import { obstaclesOf, passedOver, type RetireConsent, type RetireFacts } from './retire-obstacles.ts';

/** What `signet keys retire` can be told. */
interface KeysRetireOptions extends ControllerNamespaceOptions, InputOptions, RetireConsent, WaitOptions {
  readonly yes?: boolean;
}

const EXAMPLES: readonly Example[] = [
  ['Retire an old key, by its fingerprint or the begin of it', 'signet keys retire SHA256:mK3vXq0eTn1z'],
  [
    'The same, by the name of its Secret, in a script that runs in the repository',
    'signet keys retire sealed-secrets-key-x7f2b1c --yes',
  ],
];

const UNRETIRE = 'what was sealed to this key opens no more until `signet keys unretire`';

/** Declares `signet keys retire`. */
export const declareKeysRetire: DeclareCommand = (command, invoke) => {
  command
    .argument('<key>', 'fingerprint of the key, its first 8 characters or more, or the name of its Secret')
    .option(
      '-f, --file <path>',
      'manifests or folders in which nothing may need the key; may be repeated; default: the current folder',
      collect,
    )
    .option('--without-backup', 'retire it although no backup of it is confirmed')
    .option('--ignore-unopened', 'retire it although SealedSecrets do not open, which may need it')
    .option('--ignore-unseen', 'retire it although the controller may not have looked at all SealedSecrets')
    .option('--yes', 'do not ask');
  addControllerNamespaceOptions(addWaitOptions(command, '1m'));
  addExamples(command, EXAMPLES);
  command.action((key: string, options: KeysRetireOptions) => invoke((session) => retireKey(key, options, session)));
};

/** Find the key, look for whatever needs it, ask, relabel its Secret, wait for the controller. */
async function retireKey(name: string, options: KeysRetireOptions, session: Session): Promise<ExitCode> {
  const { io, report } = session;
  const folders = options.file ?? defaultFolders(session);
  const files = folders === null ? null : await readRepositoryItems(session, folders);
  throwIfAny(files?.errors ?? [], 'nothing was retired: name the files that count with -f');
  return withCluster(session, options, async (cluster) => {
    const { namespace, list } = await getKeyList(cluster, options, 'does not know what needs a key');
    const key = findKey(list, name);
    if (key.state === 'retired') {
      report.note(`${key.fingerprint} is retired already`);
      return EXIT.done;
    }
    // Read before the checks: whatever changes the Secret during them makes the write fail.
    const secret = await readKeySecret(cluster, { namespace, key });
    const facts = { key, list, objects: await readObjectKeys(cluster), files, consent: options };
    throwIfAny(obstaclesOf(facts), 'nothing was retired');
    for (const what of passedOver(facts)) report.warn(`retiring although ${what}`, UNRETIRE);
    if (options.yes !== true) {
      if (!(await confirm(io, `Retire ${key.fingerprint} of Secret ${key.secret}?`))) {
        report.note('nothing was retired');
        return EXIT.findings;
      }
      await checkAgain(cluster, { ...facts, namespace });
    }
    await labelKey(cluster, secret, toKubeTime(io.now()));
    await awaitRetirement(cluster, io, { namespace, key, isRetired: true, timeoutMs: options.timeout });
    report.note(`retired ${key.fingerprint}; \`signet keys unretire ${key.secret}\` puts it back into use`);
    return EXIT.done;
  });
}

/** People take their time to answer, and others apply objects meanwhile. */
async function checkAgain(cluster: Cluster, before: RetireFacts & { readonly namespace: string }): Promise<void> {
  const choice = { controllerNamespace: before.namespace };
  const { list } = await getKeyList(cluster, choice, 'does not know what needs a key');
  const key = findKey(list, before.key.fingerprint);
  const objects = await readObjectKeys(cluster);
  throwIfAny(obstaclesOf({ ...before, key, list, objects }), 'nothing was retired');
}
