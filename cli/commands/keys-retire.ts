/** @module `signet keys retire`: takes a sealing key out of use, once nothing in the cluster or the repository needs it. */
import { toKubeTime } from '../../shared/resources/conditions.ts';
import type { KeyList, SealingKeyEntry } from '../../shared/resources/key-list.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { findKey } from '../connect/find-key.ts';
import { getKeyList } from '../connect/key-lists.ts';
import { findNeedingObjects } from '../connect/needing-objects.ts';
import { awaitRetirement, labelKey, readKeySecret } from '../connect/relabel-key.ts';
import {
  defaultFolders,
  type ItemsOfKey,
  type RepositoryItems,
  readRepositoryItems,
} from '../manifests/repository-items.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { collect } from '../options/collect.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { InputOptions } from '../options/input-options.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { countOf } from '../output/count.ts';
import { CliError, throwIfAny } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Session } from '../terminal/session.ts';

/** What `signet keys retire` can be told. */
interface KeysRetireOptions extends ControllerNamespaceOptions, InputOptions, WaitOptions {
  readonly yes?: boolean;
  readonly withoutBackup?: boolean;
}

const EXAMPLES: readonly Example[] = [
  ['Retire an old key, by its fingerprint or the begin of it', 'signet keys retire SHA256:mK3vXq0eTn1z'],
  [
    'The same, by the name of its Secret, in a script that runs in the repository',
    'signet keys retire sealed-secrets-keyx7f2b --yes',
  ],
];

/** Enough to begin with; the count says how many more there are. */
const MAX_NAMED = 20;
const UNKNOWN_FILES: RepositoryItems = { byKey: new Map(), unknown: 0, errors: [] };

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
    .option('--yes', 'do not ask');
  addControllerNamespaceOptions(addWaitOptions(command, '1m'));
  addExamples(command, EXAMPLES);
  command.action((key: string, options: KeysRetireOptions) => invoke((session) => retireKey(key, options, session)));
};

/** Find the key, look for whatever needs it, ask, relabel its Secret, wait for the controller. */
async function retireKey(name: string, options: KeysRetireOptions, session: Session): Promise<ExitCode> {
  const { io, report } = session;
  const folders = options.file ?? defaultFolders(session);
  const files = folders === null ? UNKNOWN_FILES : await readRepositoryItems(session, folders);
  throwIfAny(files.errors, 'nothing was retired: name the files that count with -f');
  return withCluster(session, options, async (cluster) => {
    const { namespace, list } = await getKeyList(cluster, options, 'does not know what needs a key');
    const key = findKey(list, name);
    if (key.state === 'retired') {
      report.note(`${key.fingerprint} is retired already`);
      return EXIT.done;
    }
    // Read before the checks: whatever changes the Secret during them makes the write fail.
    const secret = await readKeySecret(cluster, { namespace, key });
    throwIfAny(await findObstacles(cluster, { key, list, files, options }), 'nothing was retired');
    if (options.yes !== true && !(await confirm(io, question(key, files)))) {
      report.note('nothing was retired');
      return EXIT.findings;
    }
    await labelKey(cluster, secret, toKubeTime(io.now()));
    await awaitRetirement(cluster, io, { namespace, key, isRetired: true, timeoutMs: options.timeout });
    report.note(`retired ${key.fingerprint}; \`signet keys unretire ${key.secret}\` puts it back into use`);
    return EXIT.done;
  });
}

interface Circumstances {
  readonly key: SealingKeyEntry;
  readonly list: KeyList;
  readonly files: RepositoryItems;
  readonly options: KeysRetireOptions;
}

/** Everything that stands against retiring the key, each with the way out. */
async function findObstacles(
  cluster: Cluster,
  { key, list, files, options }: Circumstances,
): Promise<readonly CliError[]> {
  if (key.state === 'active') return [needed(`it is the active key`, 'make a new one with `signet rotate` first')];
  const objects = await findNeedingObjects(cluster, key.fingerprint);
  return [
    objectsProblem(key, objects),
    unopenedProblem(list),
    itemsProblem(files.byKey.get(key.fingerprint)),
    key.backedUpAt === undefined && options.withoutBackup !== true
      ? needed('no backup of it is confirmed', 'make one with `signet keys backup`, or use --without-backup')
      : null,
  ].filter((problem) => problem !== null);
}

function objectsProblem(key: SealingKeyEntry, objects: readonly string[] | null): CliError | null {
  const hint = 'seal them anew with `signet reseal`, and apply them';
  const named = objects ?? [];
  if (named.length > 0 || (key.objects ?? 0) > 0) {
    const count = Math.max(named.length, key.objects ?? 0);
    return needed(`${countOf(count, 'SealedSecret')} of the cluster need it${listed(named, count)}`, hint);
  }
  if (key.objects !== undefined) return null;
  return needed('it is not known which SealedSecrets need it', 'wait until the controller has looked at all of them');
}

function unopenedProblem({ unopened }: KeyList): CliError | null {
  if (unopened === 0) return null;
  return unopened === undefined
    ? needed('it is not known whether all SealedSecrets open', 'wait until the controller has looked at all of them')
    : needed(
        `${countOf(unopened, 'SealedSecret')} of the cluster do not open, and may need it`,
        'mend or delete them: `kubectl get sealedsecrets -A` shows which',
      );
}

function itemsProblem(found: ItemsOfKey | undefined): CliError | null {
  if (found === undefined) return null;
  const places = found.places;
  return needed(
    `${countOf(found.items, 'item')} of the files need it${listed(places, places.length)}`,
    'seal them anew with `signet reseal`',
  );
}

function listed(names: readonly string[], count: number): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, MAX_NAMED);
  const more = count > shown.length ? ` and ${count - shown.length} more` : '';
  return `: ${shown.join(', ')}${more}`;
}

function needed(why: string, hint: string): CliError {
  return new CliError('CLI_KEY_NEEDED', `cannot retire the key: ${why}`, { hint });
}

function question(key: SealingKeyEntry, files: RepositoryItems): string {
  const unknown =
    files.unknown === 0 ? '' : ` (${countOf(files.unknown, 'item')} of the files have no receipt, and may need it)`;
  return `Retire ${key.fingerprint} of Secret ${key.secret}?${unknown}`;
}
