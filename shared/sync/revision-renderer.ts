/** @module Renders the files of GitSyncs, each with its own settings: the controller and every plan do it here, and so the same way. */
import { setImmediate as pause } from 'node:timers/promises';
import type { KubeReader } from '../kube/client.ts';
import type { GitSync } from '../resources/git-sync.ts';
import type { FileTree } from '../sync-plan/file-tree.ts';
import type { RenderResult } from '../sync-plan/render.ts';
import { type BuildKustomization, buildNothing, renderRevision } from '../sync-plan/render-revision.ts';
import { PLAIN_SETTINGS, settingsOf } from '../sync-plan/render-settings.ts';
import { assertRenderSettings } from './check-settings.ts';
import { loadVariables } from './load-variables.ts';

/** What a renderer works with. */
export interface RevisionRendererOptions {
  /** Reads the ConfigMaps and Secrets of `spec.substitute`, where the GitSync lives. */
  readonly client: Pick<KubeReader, 'get'>;
  /** Builds kustomizations; absent: they are refused. */
  readonly build?: BuildKustomization;
}

/** The settings of one GitSync at one moment. */
export interface OpenRendering {
  /** Another text when anything that is read from the cluster for it has changed; the same files and stamp render the same. */
  readonly stamp: string;
  /** @throws CodedError for what may be different at the next try */
  render(tree: FileTree, signal?: AbortSignal): Promise<RenderResult>;
}

/** The settings of `gitSync` now; null renders files as they are. @throws SubstitutionError; KubeError */
export async function openRendering(
  { client, build = buildNothing }: RevisionRendererOptions,
  gitSync: GitSync | null,
): Promise<OpenRendering> {
  if (gitSync !== null) assertRenderSettings(gitSync.spec);
  const { variables, stamp } = gitSync === null ? { variables: null, stamp: '' } : await loadVariables(client, gitSync);
  const settings = gitSync === null ? PLAIN_SETTINGS : settingsOf(gitSync.spec, variables);
  return {
    stamp,
    render: (tree, signal) => renderRevision(tree, { settings, build, pause, ...(signal !== undefined && { signal }) }),
  };
}
