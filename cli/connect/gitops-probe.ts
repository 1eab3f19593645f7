/** @module Edits that show the controller at work: a request for a look, and an annotation that Git itself sets aside for being edited. */
import { referenceOf } from '../../shared/kube/paths.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { Known, ProbeFacts } from '../../shared/opengitops/facts.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import {
  CLI_FIELD_MANAGER,
  OWNER_ANNOTATION,
  PROBE_ANNOTATION,
  RECONCILE_REQUESTED_ANNOTATION,
} from '../../shared/resources/names.ts';
import { annotationOf, type KubeObject, placeKey } from '../../shared/resources/object-meta.ts';
import type { Io } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import type { Cluster } from './cluster.ts';
import { annotateGitSync, readEntries, readGitSync } from './git-syncs.ts';
import { known } from './known.ts';
import { ELSEWHERE } from './source-facts.ts';

/** What is probed, and how long is waited for each answer. */
export interface ProbeRequest {
  readonly session: Session;
  readonly cluster: Cluster;
  readonly gitSync: GitSync;
  readonly timeoutMs: number;
}

const POLL_MS = 50;
const WRITTEN_BY = { fieldManager: CLI_FIELD_MANAGER };

/** Both probes, one after the other. What was edited and not brought back is put back. @throws KubeError when the cluster is out of reach */
export async function probeGitSync(request: ProbeRequest): Promise<ProbeFacts> {
  const { signal } = request.session.io;
  if (request.gitSync.spec.suspend === true) {
    const why = { why: 'it is suspended, so nothing is asked or edited' };
    return { answeredMs: why, repaired: why, timeoutMs: request.timeoutMs };
  }
  const answeredMs = await known(signal, () => probeAnswer(request));
  const isElsewhere = request.gitSync.spec.kubeConfig !== undefined;
  const target = isElsewhere ? ELSEWHERE : await known(signal, () => findTarget(request));
  return { answeredMs, repaired: await probeTarget(request, target), timeoutMs: request.timeoutMs };
}

async function probeAnswer({ session: { io }, cluster, gitSync, timeoutMs }: ProbeRequest): Promise<number | null> {
  const { namespace = '', name = '' } = gitSync.metadata;
  const requestedAt = io.now().toISOString();
  await annotateGitSync(cluster, gitSync, { [RECONCILE_REQUESTED_ANNOTATION]: requestedAt });
  return timeUntil(io, timeoutMs, async () => {
    const { status } = await readGitSync(cluster, namespace, name);
    return status?.lastHandledReconcileAt === requestedAt;
  });
}

/** A ConfigMap of the inventory that Git gives the annotation, and that this GitSync owns. */
async function findTarget({ cluster, gitSync }: ProbeRequest): Promise<KubeObject | null> {
  const owner = placeKey(gitSync.metadata);
  const entries = await readEntries(cluster, gitSync);
  for (const { group, kind, namespace, name } of entries) {
    if (group !== '' || kind !== 'ConfigMap') continue;
    const found = await cluster.client.get(CONFIG_MAPS, { namespace, name }, { metadataOnly: true });
    if (found === null || annotationOf(found.metadata, PROBE_ANNOTATION) === undefined) continue;
    if (annotationOf(found.metadata, OWNER_ANNOTATION) === owner) return found;
  }
  return null;
}

async function probeTarget(
  { session: { io }, cluster, timeoutMs }: ProbeRequest,
  target: Known<KubeObject | null>,
): Promise<ProbeFacts['repaired']> {
  if ('why' in target) return target;
  if (target.value === null) {
    return { why: `no ConfigMap of it has annotation ${PROBE_ANNOTATION} in Git, and nothing else is edited` };
  }
  const { metadata } = target.value;
  const reference = referenceOf({ metadata });
  const wanted = annotationOf(metadata, PROBE_ANNOTATION) ?? '';
  const write = (text: string): Promise<KubeObject> => {
    const annotations = { [PROBE_ANNOTATION]: text };
    return cluster.client.mergePatch(CONFIG_MAPS, reference, { metadata: { annotations } }, WRITTEN_BY);
  };
  return known(io.signal, async () => {
    await write(`edited at ${io.now().toISOString()}`);
    const tookMs = await timeUntil(io, timeoutMs, async () => {
      const now = await cluster.client.get(CONFIG_MAPS, reference, { metadataOnly: true });
      return now !== null && annotationOf(now.metadata, PROBE_ANNOTATION) === wanted;
    });
    if (tookMs === null) await write(wanted);
    return { name: `ConfigMap ${reference.namespace ?? ''}/${reference.name}`, tookMs };
  });
}

/** Milliseconds until `isDone`, or null after `timeoutMs`; it is asked at once, then every 50 ms. */
async function timeUntil(
  { now, sleep }: Pick<Io, 'now' | 'sleep'>,
  timeoutMs: number,
  isDone: () => Promise<boolean>,
): Promise<number | null> {
  const start = now().getTime();
  for (;;) {
    const isNow = await isDone();
    const tookMs = now().getTime() - start;
    if (isNow) return tookMs;
    if (tookMs >= timeoutMs) return null;
    await sleep(POLL_MS);
  }
}
