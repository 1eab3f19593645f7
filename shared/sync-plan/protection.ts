/** @module Objects that are never deleted, whatever Git and the inventory say: losing them would take Signet or the cluster with them. */
import { GIT_SYNC_KIND, INVENTORY_KIND, SIGNET_API_VERSION } from '../resources/names.ts';
import { groupOf, type ObjectIdentity } from '../resources/object-meta.ts';

/** Whose deletion would be the end of the work itself. */
export interface ProtectionContext {
  readonly gitSync: { readonly namespace: string; readonly name: string };
  /** Signet's own namespace; unknown to a client that runs outside the cluster. */
  readonly controllerNamespace?: string | undefined;
}

const SIGNET_GROUP = groupOf(SIGNET_API_VERSION);
const SYSTEM_NAMESPACES: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const OWN_DEFINITIONS: readonly string[] = [
  `gitsyncs.${SIGNET_GROUP}`,
  `inventories.${SIGNET_GROUP}`,
  'sealedsecrets.bitnami.com',
];

/** Why the object is never pruned, as the end of a sentence, or null for one that may be. */
export function protectionOf(identity: ObjectIdentity, context: ProtectionContext): string | null {
  const { group, kind, name } = identity;
  if (group === '' && kind === 'Namespace') return protectionOfNamespace(name, context);
  // Any of them may hold a sealing key, whatever its name is: without it, nothing that was sealed to it ever opens again.
  if (group === '' && kind === 'Secret' && identity.namespace === context.controllerNamespace) {
    return 'it may be a key of Signet';
  }
  if (group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition' && OWN_DEFINITIONS.includes(name)) {
    return 'it defines a kind that Signet works with';
  }
  if (group === SIGNET_GROUP && (kind === GIT_SYNC_KIND || kind === INVENTORY_KIND)) {
    const isOwn = name === context.gitSync.name && identity.namespace === context.gitSync.namespace;
    return isOwn ? 'it is this GitSync or its inventory' : null;
  }
  return null;
}

function protectionOfNamespace(name: string, context: ProtectionContext): string | null {
  if (name === context.gitSync.namespace) return 'the GitSync lives in it';
  if (name === context.controllerNamespace) return 'Signet runs in it';
  return SYSTEM_NAMESPACES.includes(name) ? 'it is a system namespace' : null;
}
