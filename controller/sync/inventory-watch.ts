/** @module Notices that somebody deleted a stored Inventory, so that it is written again although nothing else changes. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeWatcher, ObjectWatch } from '../../shared/kube/client.ts';
import { INVENTORIES } from '../../shared/kube/resource-type.ts';
import type { Logger } from '../logging/logger.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';

/** What the watch works with. */
export interface InventoryWatchOptions {
  readonly client: KubeWatcher;
  /** The Inventory of this GitSync was deleted, by whomever. */
  readonly onRemoved: (request: Request) => void;
  readonly logger: Logger;
}

/** Opens one metadata watch on all Inventories; nothing of them is kept. Stop it to end it. */
export function watchInventories({ client, onRemoved, logger }: InventoryWatchOptions): ObjectWatch {
  return client.watch(
    INVENTORIES,
    { metadataOnly: true },
    {
      onEvent: ({ kind, object }) => {
        if (kind === 'removed') onRemoved(requestOf(object));
      },
      onSynced: () => undefined,
      // It is written again with the next change of its entries.
      onProblem: (error) => logger.debug({ error: describeError(error) }, 'cannot watch inventories'),
    },
  );
}
