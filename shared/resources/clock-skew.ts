/** @module How far the clocks of the machines may be apart that write instants into one cluster. */

/** An instant that is further ahead of one's own clock, in milliseconds, is a mistake or a lie, and no matter of clocks. */
export const MAX_CLOCK_SKEW_MS = 600_000;
