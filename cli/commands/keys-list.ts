/** @module `signet keys list`: the sealing keys, what needs them, and what is amiss with them. */
import { countOf } from '../../shared/encoding/count-of.ts';
import { stringifyJson } from '../../shared/encoding/json.ts';
import { withCluster } from '../connect/cluster.ts';
import { type ClusterKeyState, readKeyState } from '../connect/key-state.ts';
import { defaultFolders, type RepositoryItems, readRepositoryItems } from '../manifests/repository-items.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { collect } from '../options/collect.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { InputOptions } from '../options/input-options.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addJsonOption, type JsonOption } from '../options/output-options.ts';
import { formatKeys, type KeyRow, shortFingerprint } from '../output/key-tables.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Report } from '../terminal/report.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet keys list` can be told. */
interface KeysListOptions extends ControllerNamespaceOptions, InputOptions, JsonOption {}

const EXAMPLES: readonly Example[] = [
  ['All keys, with what needs them in the cluster and in the current folder', 'signet keys list'],
  ['The same with the manifests of another checkout, for a script', 'signet keys list -f ../deploy -o json'],
];

interface ForeignItems {
  readonly fingerprint: string;
  readonly items: number;
  readonly places: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const EXPIRY_WARNING_MS = 30 * DAY_MS;

/** Declares `signet keys list`. */
export const declareKeysList: DeclareCommand = (command, invoke) => {
  command.option(
    '-f, --file <path>',
    'manifests or folders whose sealed items are counted; may be repeated; default: the current folder',
    collect,
  );
  addJsonOption(command);
  addControllerNamespaceOptions(command);
  addExamples(command, EXAMPLES);
  command.action((options: KeysListOptions) => invoke((session) => listKeys(options, session)));
};

/** Read the state of the keys and the receipts of the files, print both, and warn of what is amiss. */
async function listKeys(options: KeysListOptions, session: Session): Promise<ExitCode> {
  const { io, report } = session;
  const state = await withCluster(session, options, (cluster) => readKeyState(cluster, options));
  const names = options.file ?? defaultFolders(session);
  const items = names === null ? null : await readRepositoryItems(session, names);
  const rows = state.list.keys.map((entry) => rowOf(entry, items));
  const text =
    options.output === 'json'
      ? `${stringifyJson(jsonOf(state, rows, items), 2)}\n`
      : formatKeys(rows, io.now()) + formatUnknown(items);
  await writeResult(session, { text, file: undefined, access: 'public' });
  warnOfFiles(report, items, foreignItems(rows, items));
  warnOfKeys(report, state, io.now());
  return EXIT.done;
}

function rowOf(entry: ClusterKeyState['list']['keys'][number], items: RepositoryItems | null): KeyRow {
  const { fingerprint, state, secret, createdAt, notBefore, notAfter } = entry;
  return {
    fingerprint,
    state,
    secret,
    createdAt,
    notBefore,
    notAfter,
    objects: entry.objects ?? null,
    items: items === null ? null : (items.byKey.get(fingerprint)?.items ?? 0),
    backedUpAt: entry.backedUpAt ?? null,
  };
}

function jsonOf(state: ClusterKeyState, keys: readonly KeyRow[], items: RepositoryItems | null) {
  const { unusable, missing = [], unopened = null, partial = null } = state.list;
  return {
    namespace: state.namespace,
    keys,
    unusable,
    missing,
    /** SealedSecrets of the cluster that do not open. */
    unopened,
    /** Which SealedSecrets are counted; null: all. */
    partial,
    /** Items of the files without a receipt; null when no files were read. */
    unknownItems: items?.unknown ?? null,
    /** Items of the files that need a key which is not listed. */
    foreignItems: foreignItems(keys, items),
  };
}

function formatUnknown(items: RepositoryItems | null): string {
  if (items === null || items.unknown === 0) return '';
  return `\nwithout a receipt, so that nobody knows which key is needed: ${countOf(items.unknown, 'item')}\n`;
}

/** Items that need a key which is none of `keys`. */
function foreignItems(keys: readonly KeyRow[], items: RepositoryItems | null): readonly ForeignItems[] {
  const known = new Set(keys.map(({ fingerprint }) => fingerprint));
  const foreign = [...(items?.byKey ?? [])].filter(([fingerprint]) => !known.has(fingerprint));
  return foreign.map(([fingerprint, { items: count, places }]) => ({ fingerprint, items: count, places }));
}

function warnOfFiles(report: Report, items: RepositoryItems | null, foreign: readonly ForeignItems[]): void {
  if (items === null) report.note('no files were read here: name them with -f to have their items counted');
  for (const error of items?.errors ?? []) report.warn(`its items are not counted: ${error.message}`);
  for (const { fingerprint, items: count, places } of foreign) {
    const needing = `${countOf(count, 'item')} of the files`;
    report.warn(`${fingerprint}, a key that is not listed, is needed by ${needing}: ${places[0] ?? ''}`);
  }
}

function warnOfKeys(report: Report, { list, namespace, origin }: ClusterKeyState, now: Date): void {
  if (list.problem !== undefined) report.warn(list.problem);
  for (const { secret, problem } of list.unusable) report.warn(`Secret ${namespace}/${secret}: ${problem}`);
  for (const { fingerprint, objects } of list.missing ?? []) {
    report.warn(
      `the key ${fingerprint} is gone, and needed by ${countOf(objects, 'SealedSecret')}`,
      'restore it with `signet keys restore`',
    );
  }
  if (list.partial !== undefined) report.note(`no more is counted than ${list.partial}`);
  if ((list.unopened ?? 0) > 0) {
    const unopened = countOf(list.unopened ?? 0, 'SealedSecret');
    report.warn(`any key that is not in use may be that of ${unopened} of the cluster that did not open`);
  }
  if (origin === 'secrets') {
    report.note(`there is no signet controller in ${namespace}: nobody knows which objects need these keys`);
    return;
  }
  const unsafe = list.keys.filter(({ state, backedUpAt }) => state !== 'retired' && backedUpAt === undefined);
  if (unsafe.length > 0) {
    const names = unsafe.map(({ fingerprint }) => shortFingerprint(fingerprint)).join(', ');
    report.warn(`no backup is confirmed of ${names}`, 'make one with `signet keys backup`');
  }
  warnOfExpiry(report, list.keys, now);
}

function warnOfExpiry(report: Report, keys: ClusterKeyState['list']['keys'], now: Date): void {
  for (const { state, fingerprint, notAfter } of keys) {
    const leftMs = Date.parse(notAfter) - now.getTime();
    if (state !== 'active' || !(leftMs < EXPIRY_WARNING_MS)) continue;
    const when = leftMs < 0 ? 'has expired' : `expires in ${countOf(Math.floor(leftMs / DAY_MS), 'day')}`;
    report.warn(`the active key ${shortFingerprint(fingerprint)} ${when}`, 'make a new one with `signet rotate`');
  }
}
