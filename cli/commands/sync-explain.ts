/** @module `signet sync explain`: which GitSync looks after an object, where it comes from, and whether it is as Git has it. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { describeIdentity, type ObjectIdentity, placeKey } from '../../shared/resources/object-meta.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { findPlaceInGit, lastAppliedAt, type PlaceInGit } from '../connect/explain-object.ts';
import { findOwner } from '../connect/find-owner.ts';
import { findTypeByName } from '../connect/find-type.ts';
import { listNotSynced, type OwnedObject } from '../connect/not-synced.ts';
import { addClusterOptions, type ClusterOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addKustomizeOption, type KustomizeOption } from '../options/kustomize-option.ts';
import { addJsonOption, type JsonOption } from '../options/output-options.ts';
import { type Explanation, formatExplanation } from '../output/explanation-text.ts';
import { usageError } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** What `signet sync explain` can be told. */
interface SyncExplainOptions extends ClusterOptions, JsonOption, KustomizeOption {
  readonly namespace?: string;
  readonly allowHttpGit?: boolean;
}

const EXAMPLES: readonly Example[] = [
  ['Where does this come from, and who changed it last?', 'signet sync explain deployment/cart -n shop'],
];

const IN_ORDER: readonly Explanation['drift'][] = ['none', 'kept'];

/** Declares `signet sync explain`. */
export const declareSyncExplain: DeclareCommand = (command, invoke) => {
  command
    .argument('<kind/name>', 'the object, such as deployment/cart or certificates.cert-manager.io/shop')
    .option('-n, --namespace <namespace>', "of the object; default: the context's")
    .option('--allow-http-git', 'read the repository over plain http, as the controller may be told to');
  addExamples(addClusterOptions(addKustomizeOption(addJsonOption(command))), EXAMPLES);
  command.action((word: string, options: SyncExplainOptions) => invoke((session) => explain(word, options, session)));
};

/** Exit code 1 for an object that is not kept as Git has it, whatever the reason. */
async function explain(word: string, options: SyncExplainOptions, session: Session): Promise<ExitCode> {
  const [kind = '', name = '', ...rest] = word.split('/');
  if (kind === '' || name === '' || rest.length > 0) {
    throw usageError(`cannot explain ${JSON.stringify(word)}`, 'write it as kind/name, such as deployment/cart');
  }
  const explanation = await withCluster(session, options, (cluster) =>
    findOut(session, cluster, { kind, name, ...options }),
  );
  const isJson = options.output === 'json';
  const text = isJson ? `${stringifyJson(explanation, 2)}\n` : formatExplanation(explanation);
  await writeResult(session, { text, file: undefined, access: 'public' });
  return explanation.notSynced.length === 0 && IN_ORDER.includes(explanation.drift) ? EXIT.done : EXIT.findings;
}

interface ExplainOptions extends SyncExplainOptions {
  readonly kind: string;
  readonly name: string;
}

async function findOut(session: Session, cluster: Cluster, options: ExplainOptions): Promise<Explanation> {
  const { kind, name, namespace, allowHttpGit, kustomize } = options;
  const type = await findTypeByName(cluster.client, kind);
  const place = type.namespaced ? (namespace ?? cluster.namespace) : '';
  const identity: ObjectIdentity = { group: type.group, kind: type.kind, namespace: place, name };
  const live = await cluster.client.get(type, { namespace: type.namespaced ? place : undefined, name });
  const owner = await findOwner(cluster, identity, live);
  const object = describeIdentity(identity);
  if (owner.kind === 'unowned') return { object, gitSync: null, drift: 'unknown', notSynced: [owner.why] };
  const { gitSync } = owner;
  const request = {
    gitSync,
    identity,
    ...(allowHttpGit !== undefined && { allowHttpGit }),
    ...(kustomize !== undefined && { kustomize }),
  };
  return describeOwned({ gitSync, identity, live, place: await findPlaceInGit(session, cluster, request) });
}

function describeOwned(owned: OwnedObject): Explanation {
  const { gitSync, identity, live, place } = owned;
  const { metadata, status } = gitSync;
  const lastApplied = live === null ? null : lastAppliedAt(live);
  return {
    object: describeIdentity(identity),
    gitSync: placeKey(metadata),
    ...(place.kind === 'found' && { file: place.origin.file, line: place.origin.line }),
    ...(status?.lastAppliedRevision !== undefined && { revision: status.lastAppliedRevision }),
    ...(place.kind === 'found' && place.lastChange !== null && { lastChange: place.lastChange }),
    ...(lastApplied !== null && { lastApplied }),
    ...describeDrift(place, live !== null),
    notSynced: listNotSynced(owned),
  };
}

function describeDrift(place: PlaceInGit, exists: boolean): Pick<Explanation, 'drift' | 'changes'> {
  if (place.kind !== 'found') return { drift: 'unknown' };
  if (!exists) return { drift: 'missing' };
  const { kind, changes = [] } = place.state;
  if (kind === 'unchanged') return { drift: 'none' };
  if (kind === 'keep') return { drift: 'kept' };
  return kind === 'update' ? { drift: 'differs', changes } : { drift: 'unknown' };
}
