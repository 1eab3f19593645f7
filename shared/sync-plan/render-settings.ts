/** @module What a GitSync says about the objects of its files beside the files themselves. */
import type { CommonMetadata, GitSyncSpec, ImageChange } from '../resources/git-sync.ts';
import type { Variables } from './variable-text.ts';

/** How objects are changed on their way from the files to the cluster. */
export interface RenderSettings {
  /** Values for `${name}`; null: nothing is replaced, and `${` means nothing. */
  readonly variables: Variables | null;
  readonly commonMetadata: CommonMetadata;
  readonly images: readonly ImageChange[];
}

/** Objects are taken as the files have them. */
export const PLAIN_SETTINGS: RenderSettings = Object.freeze({ variables: null, commonMetadata: {}, images: [] });

/** The settings of `spec`, with the variables that were read for it. */
export function settingsOf(
  { commonMetadata = {}, images = [] }: Pick<GitSyncSpec, 'commonMetadata' | 'images'>,
  variables: Variables | null,
): RenderSettings {
  return { variables, commonMetadata, images };
}
