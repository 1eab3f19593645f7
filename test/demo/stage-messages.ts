/** @module What the demo's two processes say to each other: the one that tells the story, and the one that holds the cluster. */

/** From the stage: one line of progress while it starts, then how to reach it, or why it could not start. */
export type StageMessage =
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'ready'; readonly stage: Stage }
  | { readonly kind: 'failed'; readonly message: string };

/** To the stage: end and clean up, or go on by itself until SIGTERM. Silence, as after a crash, means `stop`. */
export type StageOrder = { readonly kind: 'stop' } | { readonly kind: 'keep' };

/** A cluster with Signet in it, and a Git remote. */
export interface Stage {
  readonly pid: number;
  /** Private folder, removed at the end. */
  readonly folder: string;
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** Bare repository on disk, to push to. */
  readonly repository: string;
  /** Address under which the controller fetches the same repository. */
  readonly url: string;
  readonly controllerLog: string;
}
