/**
 * @module Tries the SealedSecrets of a commit with the loaded keys, before anything of it is applied. What opens is wiped at once, and what is
 * known of a very same object is not tried again while the keys are the same.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { SyncFailure } from '../../shared/resources/git-sync.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { Lanes } from '../../shared/sealing/lanes.ts';
import type { KnownPlace } from '../../shared/sealing/mistakes.ts';
import { unsealItems } from '../../shared/sealing/unseal-secret.ts';
import {
  MAX_FAILING,
  type PreflightAnswer,
  type SealedPreflight,
  unsealFailure,
} from '../../shared/sync/sealed-preflight.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import type { UnsealConfig } from '../config/config.ts';
import type { KeySource } from '../keys/key-part.ts';
import type { KeySnapshot } from '../keys/key-snapshot.ts';

/** What trying takes. */
export interface KeyringPreflightOptions {
  readonly keys: KeySource;
  readonly config: Pick<UnsealConfig, 'acceptV1' | 'labelSelector' | 'namespaces'>;
  /** The places that an object may have been copied from, and its own. */
  readonly placesNear: (sealed: SealedSecret) => readonly KnownPlace[];
}

/** Objects that are tried at once, for all commits together: whoever unseals what is in the cluster finds lanes of the keys free soon. */
const TURNS = [1, 2] as const;
/** Verdicts that are remembered. */
const MAX_KNOWN = 20_000;
/** Keys are loaded, or made, within seconds of a start; who asks later than that is told that nobody can tell. */
const MAX_WAIT_FOR_KEYS_MS = 5_000;

/** A preflight by the keys of this process. */
export class KeyringPreflight implements SealedPreflight {
  readonly #options: KeyringPreflightOptions;
  readonly #turns = new Lanes<number>(TURNS);
  /** By the keyed digest of the whole object, so that no two objects share one; null for one that opens. */
  readonly #known = new Map<string, SyncFailure | null>();
  #knownVersion = '';
  #areKeysReady = false;

  constructor(options: KeyringPreflightOptions) {
    this.#options = options;
    void options.keys.ready.then(() => {
      this.#areKeysReady = true;
    });
  }

  version = (): string => versionOf(this.#options.keys.current());

  onChange(listener: () => void): void {
    this.#options.keys.onChange(listener);
  }

  async check(sealed: readonly DesiredObject[], signal: AbortSignal): Promise<PreflightAnswer | null> {
    const watched = sealed.filter((one) => this.#isWatched(one));
    if (watched.length === 0) return { failures: [], untried: 0 };
    if (!(await this.#awaitKeys(signal))) return null;
    this.#forgetOtherKeys();
    const keys = this.#options.keys.current();
    const failures: SyncFailure[] = [];
    const queue = watched.values();
    let untried = 0;
    const work = async (): Promise<void> => {
      for (const one of queue) {
        signal.throwIfAborted();
        if (failures.length >= MAX_FAILING) untried += 1;
        else {
          const failure = await this.#judge(one, keys);
          if (failure !== null) failures.push(failure);
        }
      }
    };
    await Promise.all(TURNS.map(work));
    return { failures, untried };
  }

  /** Others may look after what the unsealer of this process does not: nothing is known of their keys. */
  #isWatched({ identity }: DesiredObject): boolean {
    const { labelSelector, namespaces } = this.#options.config;
    return labelSelector === '' && (namespaces === null || namespaces.includes(identity.namespace));
  }

  async #awaitKeys(signal: AbortSignal): Promise<boolean> {
    if (this.#areKeysReady) return true;
    const timer = new AbortController();
    const ended = delay(MAX_WAIT_FOR_KEYS_MS, false, { signal: AbortSignal.any([timer.signal, signal]) });
    const isReady = await Promise.race([this.#options.keys.ready.then(() => true), ended.catch(() => false)]);
    timer.abort();
    return isReady;
  }

  #forgetOtherKeys(): void {
    const version = this.version();
    if (version !== this.#knownVersion) this.#known.clear();
    this.#knownVersion = version;
  }

  async #judge(one: DesiredObject, keys: KeySnapshot): Promise<SyncFailure | null> {
    const known = this.#known.get(one.digest);
    if (known !== undefined && isOf(known, one)) return known;
    const verdict = await this.#turns.run(() => this.#open(one, keys));
    // The keys may have changed meanwhile.
    if (versionOf(keys) === this.#knownVersion) this.#remember(one.digest, verdict);
    return verdict;
  }

  async #open(one: DesiredObject, { keyring, retired }: KeySnapshot): Promise<SyncFailure | null> {
    const sealed = one.object as SealedSecret;
    const result = await unsealItems(sealed, keyring, {
      acceptV1: this.#options.config.acceptV1,
      retired: new Set(retired.map(({ certificate }) => certificate.fingerprint)),
      places: () => this.#options.placesNear(sealed),
    });
    if (result.kind === 'failed') return unsealFailure(one, result.failures);
    for (const item of result.items.values()) item.wipe();
    return null;
  }

  #remember(digest: string, verdict: SyncFailure | null): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(digest, verdict);
  }
}

function versionOf({ keyring, retired }: KeySnapshot): string {
  const loaded = keyring.keys.map(({ fingerprint }) => fingerprint).sort();
  return JSON.stringify([loaded, retired.map(({ certificate }) => certificate.fingerprint).sort()]);
}

/** The same object may stand in another file by now, or in the repository of another GitSync, which has to hear of its own. */
function isOf(known: SyncFailure | null, { origin }: DesiredObject): boolean {
  return known === null || (known.file === origin.file && known.line === origin.line);
}
