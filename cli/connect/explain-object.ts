/** @module Everything that can be found out about one object that a GitSync owns: its place in Git, its last change and apply, its drift. */
import { describeError } from '../../shared/errors/describe-error.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { GitError } from '../../shared/git/errors.ts';
import { commitOf } from '../../shared/git/git-reference.ts';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { SYNC_FIELD_MANAGER } from '../../shared/resources/names.ts';
import { type KubeObject, type ObjectIdentity, objectKey, placeKey } from '../../shared/resources/object-meta.ts';
import { placementOf, placeObjects } from '../../shared/sync/place-objects.ts';
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import { previewApplies } from '../../shared/sync/preview-apply.ts';
import { readLive } from '../../shared/sync/read-live.ts';
import { openRendering } from '../../shared/sync/revision-renderer.ts';
import { createServedKinds } from '../../shared/sync/served-kinds.ts';
import { createValueDigest } from '../../shared/sync/value-digest.ts';
import type { PlacedObject } from '../../shared/sync-plan/desired-object.ts';
import { rulesOf } from '../../shared/sync-plan/object-rules.ts';
import type { ObjectOrigin, RenderedObject } from '../../shared/sync-plan/rendered-object.ts';
import type { Session } from '../terminal/session.ts';
import type { Cluster } from './cluster.ts';
import { kustomizeBuilder } from './kustomize.ts';
import { withRepository } from './sync-source.ts';

/** A commit that touched a file. Texts are without control characters. */
export interface ChangeOfFile {
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Where the object stands in the revision in force, or why that cannot be told. */
export type PlaceInGit =
  | {
      readonly kind: 'found';
      readonly origin: ObjectOrigin;
      readonly lastChange: ChangeOfFile | null;
      readonly state: PlannedAction;
    }
  /** The revision in force does not have it: it waits to be pruned, or stays on purpose. */
  | { readonly kind: 'left' }
  | { readonly kind: 'unknown'; readonly why: string };

/** What is looked at. */
export interface ExplainRequest {
  readonly gitSync: GitSync;
  readonly identity: ObjectIdentity;
  readonly allowHttpGit?: boolean;
  /** The program that builds kustomizations. */
  readonly kustomize?: string;
}

/** Reads the revision in force, and compares the object with it by a dry run. Git that cannot be read is an answer. @throws KubeError */
export async function findPlaceInGit(session: Session, cluster: Cluster, request: ExplainRequest): Promise<PlaceInGit> {
  const { gitSync, identity } = request;
  const commit = commitOf(gitSync.status?.lastAppliedRevision);
  if (commit === null) return { kind: 'unknown', why: 'no revision is in place yet' };
  const { path = '', ignore = [] } = gitSync.spec.source;
  const { signal } = session.io;
  try {
    return await withRepository({ session, cluster, gitSync, choice: request }, async (repository) => {
      const tree = await repository.readTree(commit, path, { signal, ignore });
      const build = kustomizeBuilder(session, request.kustomize);
      const rendering = await openRendering({ client: cluster.client, build }, gitSync);
      const { objects } = await rendering.render(tree, signal);
      const placed = await findPlaced(cluster, gitSync, identity, objects);
      if (placed === null) return { kind: 'left' };
      const lastChange = await findChange(repository, commit, placed.origin.file, signal);
      return { kind: 'found', origin: placed.origin, lastChange, state: await compare(cluster, gitSync, placed) };
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof GitError)) throw error;
    return { kind: 'unknown', why: describeError(error) };
  }
}

/** When the sync engine applied the object last with a change; null when it never did. RFC 3339. */
export function lastAppliedAt({ metadata }: KubeObject): string | null {
  const entries: unknown = metadata['managedFields'];
  if (!Array.isArray(entries)) return null;
  const own = entries.find((entry) => entry?.manager === SYNC_FIELD_MANAGER && entry?.operation === 'Apply');
  return typeof own?.time === 'string' ? own.time : null;
}

async function findPlaced(
  { client }: Cluster,
  gitSync: GitSync,
  identity: ObjectIdentity,
  objects: readonly RenderedObject[],
): Promise<PlacedObject | null> {
  const rendered = objects.filter(
    ({ object }) => object.kind === identity.kind && object.metadata.name === identity.name,
  );
  const { placed } = await placeObjects(createServedKinds(client), { rendered, ...placementOf(gitSync) });
  const key = objectKey(identity);
  return placed.find((object) => object.key === key) ?? null;
}

async function compare({ client }: Cluster, { metadata, spec }: GitSync, placed: PlacedObject): Promise<PlannedAction> {
  const kinds = createServedKinds(client);
  const { identity, object } = placed;
  const live = await readLive(client, [{ identity, type: await kinds.find(object.apiVersion, object.kind) }]);
  const digest = createValueDigest(new SecretBytes(crypto.getRandomValues(new Uint8Array(32))));
  const owner = placeKey(metadata);
  const [action] = await previewApplies({ client, kinds, digest, owner, live }, [
    { ...placed, digest: '', rules: rulesOf(placed, spec) },
  ]);
  return action ?? { kind: 'unchanged', identity };
}

async function findChange(
  repository: GitRepository,
  commit: string,
  file: string,
  signal: AbortSignal,
): Promise<ChangeOfFile | null> {
  const change = await repository.findLastChange(commit, file, { signal });
  if (change === null) return null;
  const { subject, author, committedAt } = await repository.readCommit(change, { signal });
  return { commit: change, subject, author, at: new Date(committedAt * 1000).toISOString() };
}
