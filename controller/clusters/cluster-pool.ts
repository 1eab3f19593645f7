/** @module The clusters that GitSyncs write to, each opened once for each identity and closed when the last GitSync leaves it. */
import type { ClusterConnection } from '../../shared/kube/connection.ts';
import { accountUser, type ServiceAccountReference } from '../../shared/kube/service-account.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { ownerOf } from '../git-syncs/git-sync-cache.ts';
import { requestOf } from '../reconcile-loop/reconciler.ts';
import { type ChooseClusterOptions, type ClusterChoice, chooseCluster } from './choose-cluster.ts';
import { GuardedClient } from './guarded-client.ts';
import type { SyncClient } from './sync-client.ts';
import type { TargetClient, TargetCluster, TargetPlace } from './target-cluster.ts';

/**
 * The one place that opens clients for the objects of GitSyncs; `connection` is null for the controller's own cluster, `account` for the
 * connection's own identity. @throws AccountError, before anything is opened
 */
export type OpenClient = (
  connection: ClusterConnection | null,
  account: ServiceAccountReference | null,
) => TargetClient;

/** What a pool works with. */
export interface ClusterPoolOptions extends ChooseClusterOptions {
  /** The controller's own, for GitSyncs that name neither account nor cluster. */
  readonly client: SyncClient;
  readonly openClient: OpenClient;
  readonly openTarget: (place: TargetPlace) => TargetCluster;
}

interface Opened {
  readonly target: TargetCluster;
  readonly users: Set<string>;
  readonly close: () => void;
}

/** Hands out clusters to owners, of which each has one at most. */
export class ClusterPool {
  readonly #options: ClusterPoolOptions;
  readonly #opened = new Map<string, Opened>();
  readonly #keys = new Map<string, string>();

  constructor(options: ClusterPoolOptions) {
    this.#options = options;
  }

  /** The cluster of `gitSync` as it asks for it now, in the place of what it had. @throws RefusedError, KubeError */
  async take(gitSync: GitSync): Promise<TargetCluster> {
    const choice = await chooseCluster(this.#options, gitSync);
    const owner = ownerOf(requestOf(gitSync));
    if (this.#keys.get(owner) !== choice.key) this.release(owner);
    const opened = this.#opened.get(choice.key) ?? this.#open(choice);
    opened.users.add(owner);
    this.#keys.set(owner, choice.key);
    return opened.target;
  }

  /** `owner` has no cluster any more. */
  release(owner: string): void {
    const key = this.#keys.get(owner);
    const opened = key === undefined ? undefined : this.#opened.get(key);
    this.#keys.delete(owner);
    if (key === undefined || opened === undefined) return;
    opened.target.hub.release(owner);
    opened.users.delete(owner);
    if (opened.users.size > 0) return;
    this.#opened.delete(key);
    opened.close();
  }

  /** Ends all watches and connections but those of the controller's own client. */
  stop(): void {
    for (const { close } of this.#opened.values()) close();
    this.#opened.clear();
    this.#keys.clear();
  }

  #open(choice: ClusterChoice): Opened {
    const isOwn = choice.connection === null && choice.account === null;
    const opened = isOwn ? this.#openOwn() : this.#openOther(choice);
    this.#opened.set(choice.key, opened);
    return opened;
  }

  #openOwn(): Opened {
    const { client, openTarget } = this.#options;
    const target = openTarget({
      address: '',
      description: 'the own cluster',
      client,
      isOwn: true,
      assertReachable: async () => undefined,
    });
    return { target, users: new Set(), close: () => target.hub.stop() };
  }

  #openOther({ connection, account }: ClusterChoice): Opened {
    const { openClient, openTarget, now } = this.#options;
    const client = openClient(connection, account);
    const address = connection?.server ?? '';
    const guarded = connection === null ? null : new GuardedClient({ client, address, now });
    const target = openTarget({
      address,
      description: `${address || 'the own cluster'}${account === null ? '' : ` as ${accountUser(account)}`}`,
      client: guarded?.calls ?? client,
      isOwn: false,
      assertReachable: async (signal) => guarded?.assertReachable(signal),
    });
    const close = (): void => {
      target.hub.stop();
      client.close();
    };
    return { target, users: new Set(), close };
  }
}
