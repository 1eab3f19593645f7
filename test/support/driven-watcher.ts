/** @module A watcher whose events the test decides on. */
import type { KubeWatcher, ListOptions, ObjectWatch, WatchEvent, WatchHandler } from '../../shared/kube/client.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** One watch that was started. */
export interface DrivenWatch {
  readonly type: ResourceType;
  /** What was asked for. */
  readonly options: Omit<ListOptions, 'signal'>;
  isStopped: boolean;
  tell(kind: WatchEvent['kind'], object: KubeObject): void;
  sync(): void;
  fail(error: unknown): void;
}

/** The watches that were started, in order. */
export interface DrivenWatcher extends KubeWatcher {
  readonly watches: DrivenWatch[];
}

/** A watcher that does nothing by itself; with `isImmediate` every watch is synced, and empty, at once. */
export function createDrivenWatcher(options: { readonly isImmediate?: boolean } = {}): DrivenWatcher {
  const watches: DrivenWatch[] = [];
  return {
    watches,
    watch(type: ResourceType, asked: Omit<ListOptions, 'signal'>, handler: WatchHandler): ObjectWatch {
      const { promise, resolve } = Promise.withResolvers<void>();
      let isSynced = false;
      const watch: DrivenWatch = {
        type,
        options: asked,
        isStopped: false,
        tell: (kind, object) => handler.onEvent({ kind, object }),
        sync: () => {
          isSynced = true;
          handler.onSynced();
          resolve();
        },
        fail: (error) => handler.onProblem(error),
      };
      watches.push(watch);
      if (options.isImmediate === true) queueMicrotask(() => watch.sync());
      return {
        synced: promise,
        isSynced: () => isSynced,
        stop: () => {
          watch.isStopped = true;
        },
      };
    },
  };
}
