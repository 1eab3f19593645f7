/** @module Everything that the questions of OpenGitOps ask about one GitSync, read from the cluster and from Git. */
import { commitOf } from '../../shared/git/git-reference.ts';
import type { GitSyncFacts } from '../../shared/opengitops/facts.ts';
import { readGitSync } from './git-syncs.ts';
import { probeGitSync } from './gitops-probe.ts';
import { known } from './known.ts';
import { readOwnedFacts } from './owned-facts.ts';
import { ELSEWHERE, type FactsRequest, readGitFacts } from './source-facts.ts';

/** What is read, and whether edits may show the controller at work. */
export interface GitSyncFactsRequest extends FactsRequest {
  /** How long each probe waits, in milliseconds; absent: nothing is written. */
  readonly probeMs?: number;
}

/**
 * The facts of one GitSync. What cannot be read for lack of rights, or because of Git, says so.
 * @throws KubeError when the cluster is out of reach; CliError `CLI_OBJECT_NOT_FOUND` when the GitSync has gone
 */
export async function readGitSyncFacts(request: GitSyncFactsRequest): Promise<GitSyncFacts> {
  const { session, cluster, probeMs } = request;
  const { namespace = '', name = '' } = request.gitSync.metadata;
  const probe =
    probeMs === undefined
      ? null
      : await probeGitSync({ session, cluster, gitSync: request.gitSync, timeoutMs: probeMs });
  const gitSync = probe === null ? request.gitSync : await readGitSync(cluster, namespace, name);
  const { source, rendered } = await readGitFacts({ ...request, gitSync });
  const isElsewhere = gitSync.spec.kubeConfig !== undefined;
  const owned = isElsewhere ? ELSEWHERE : await known(session.io.signal, () => readOwnedFacts(cluster, gitSync));
  const applied = commitOf(gitSync.status?.lastAppliedRevision);
  const nowMs = session.io.now().getTime();
  return { gitSync, nowMs, applied, source, rendered, owned, ...(probe !== null && { probe }) };
}
