/** @module What the composition asks of each long-running part of the controller. */

/** A part that can be switched on and off as a whole, such as the unsealer or the sync engine. */
export interface ControllerPart {
  /**
   * Starts watches and loops, and resolves as soon as they are under way; it waits for no cluster. Failures to reach
   * one are retried by the part itself, for ever. Called once.
   */
  start(): Promise<void>;
  /** True after the first complete look at the cluster; from then on the part acts on every change. */
  isReady(): boolean;
  /** What {@link isReady} waits for, in a few words for everybody, codes of errors in place of their texts; null when it is true. */
  waitingFor(): string | null;
  /** Takes no new work, waits for what is under way (or lets its signal end it), and then resolves. Safe without a start. */
  stop(): Promise<void>;
}
