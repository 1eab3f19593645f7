/** @module The peers that a test file needs: its tests skip, with the reason, on a machine that has them not. */
import { beforeEach } from 'vitest';
import { findPeer, type PeerName } from '../peers/find-peer.ts';

/** The peers of one test file. */
export interface Peers<Name extends PeerName> {
  /** False when at least one is missing; then every test of the file skips, and hooks have nothing to do. */
  readonly areHere: boolean;
  /** Path of the program; throws the reason when it is missing. */
  pathOf(name: Name): string;
}

/** Finds `names`, building them if need be. Called once at the top of a test file, whose tests it makes skip. */
export async function usePeers<Name extends PeerName>(...names: readonly Name[]): Promise<Peers<Name>> {
  const paths = new Map<Name, string>();
  const missing: string[] = [];
  for (const name of names) {
    const found = await findPeer(name, (line) => process.stderr.write(`${line}\n`));
    if (found.path === undefined) missing.push(found.missing);
    else paths.set(name, found.path);
  }
  const reason = missing.join('; ');
  beforeEach((context) => context.skip(missing.length > 0, reason));
  return {
    areHere: missing.length === 0,
    pathOf: (name) => {
      const path = paths.get(name);
      if (path === undefined) throw new Error(reason);
      return path;
    },
  };
}
