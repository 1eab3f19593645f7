/** @module What the sync engine asks of the API server. */
import type { KubeDiscovery, KubeKindList, KubeReader, KubeWatcher, KubeWriter } from '../../shared/kube/client.ts';

/** Everything but raw requests, and the end of the client, which belongs to whoever made it. */
export type SyncClient = KubeReader & KubeWriter & KubeWatcher & KubeDiscovery & KubeKindList;
