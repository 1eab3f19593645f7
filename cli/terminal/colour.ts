/** @module Whether text for people may be coloured. */
import type { Io } from './io.ts';

/** True for a terminal that knows colours and whose user has not set `NO_COLOR` to anything, which is how no-color.org asks for none. */
export function wantsColour({ stdout, env }: Pick<Io, 'stdout' | 'env'>): boolean {
  return stdout.isTty && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
