/** @module Kills a controller at one write of its own, counted by a proxy before the API server, just before or just after the server got it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiProxy, Fate, ProxiedRequest } from './api-proxy.ts';
import type { ControllerProcess } from './controller-process.ts';

/** Where a controller is killed. */
export interface KillPoint {
  /** At its how manieth write, from 1. */
  readonly write: number;
  /** `before`: the server never gets this write. `after`: it carries it out, and the controller never hears of it. */
  readonly side: 'before' | 'after';
}

/** Longest time that a controller may take to its point. */
const MAX_WAIT_MS = 60_000;

/** Counts writes through `proxy` from now on; the function tells how many there were. */
export function countWrites(proxy: ApiProxy): () => number {
  let writes = 0;
  proxy.decide((request) => {
    if (isCounted(request)) writes += 1;
    return { kind: 'pass' };
  });
  return () => writes;
}

/** Arms the switch; the promise resolves when the controller is dead, and nothing of what it sent afterwards gets through. */
export async function killAtWrite(proxy: ApiProxy, controller: ControllerProcess, point: KillPoint): Promise<void> {
  const dead = Promise.withResolvers<void>();
  const kill = async (): Promise<void> => {
    await controller.kill();
    dead.resolve();
  };
  let writes = 0;
  proxy.decide(async (request): Promise<Fate> => {
    if (isCounted(request)) writes += 1;
    else return writes < point.write ? { kind: 'pass' } : { kind: 'cut' };
    if (writes < point.write) return { kind: 'pass' };
    if (writes > point.write) return { kind: 'cut' };
    if (point.side === 'after') return { kind: 'swallow-answer', done: kill };
    await kill();
    return { kind: 'cut' };
  });
  const timer = new AbortController();
  const tooLate = delay(MAX_WAIT_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`the controller came to ${writes} writes and not to ${point.write}`);
  });
  try {
    await Promise.race([dead.promise, tooLate]);
  } finally {
    timer.abort();
    tooLate.catch(() => undefined);
    proxy.decide(null);
  }
}

/** The sync's own writes: not events, whose number depends on the time, and not what the unsealer keeps for itself. */
function isCounted({ isWrite, path }: ProxiedRequest): boolean {
  return isWrite && !/\/events(\/|\?|$)|\/namespaces\/signet-system\/|^\/apis\/auth/.test(path);
}
