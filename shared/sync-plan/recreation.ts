/** @module Which objects may be deleted to be made anew at all, when the API server does not change them in place. */
import { GIT_SYNC_KIND, INVENTORY_KIND, SEALED_SECRET_KIND } from '../resources/names.ts';
import type { ObjectIdentity } from '../resources/object-meta.ts';
import type { LiveObject } from './live-object.ts';
import { lossKindOf } from './protected-prunes.ts';
import { type ProtectionContext, protectionOf } from './protection.ts';

const NEVER: readonly string[] = [GIT_SYNC_KIND, INVENTORY_KIND, SEALED_SECRET_KIND];

/** Whose rules count. */
export interface RecreationContext extends ProtectionContext {
  /** `namespace/name` of the GitSync. */
  readonly owner: string;
  /** Whether the inventory of the GitSync says that it applied the object before. */
  readonly isInInventory: boolean;
}

/**
 * True when the object may be deleted and made anew. Never one that takes others along (namespaces, definitions, volumes, StatefulSets with
 * their claims, SealedSecrets with their Secrets), one that is protected, or one that inventory and owner annotation do not both call ours.
 */
export function isRecreatable(identity: ObjectIdentity, live: LiveObject, context: RecreationContext): boolean {
  if (!context.isInInventory || live.owner !== context.owner || live.isTerminating || live.isPruneDisabled)
    return false;
  if (lossKindOf(identity) !== null || protectionOf(identity, context) !== null) return false;
  return !NEVER.includes(identity.kind) && !(identity.group === 'apps' && identity.kind === 'StatefulSet');
}
