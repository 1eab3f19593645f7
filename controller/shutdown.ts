/** @module Ends the program on a signal: in order, within a deadline, and at once when asked twice. */
import { describeError } from '../shared/errors/describe-error.ts';
import type { Logger } from './logging/logger.ts';

/** The signals that ask the program to end. */
export type StopSignal = 'SIGTERM' | 'SIGINT';

/** What a shutdown is made of. */
export interface ShutdownOptions {
  /** Where signals come from, such as the process. Without a listener a signal ends the program at once. */
  readonly signals: {
    on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
    off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  };
  /** Ends everything in order; afterwards nothing keeps the program alive. */
  readonly stop: () => Promise<void>;
  /** Sends the program a signal. */
  readonly raise: (signal: StopSignal) => void;
  readonly setExitCode: (code: number) => void;
  readonly logger: Logger;
  readonly deadlineMs: number;
}

/**
 * On the first SIGTERM or SIGINT stops, which lets the program end with 0, or with 1 when stopping fails. A second signal,
 * and the end of the deadline, end it as the signal would have without us.
 */
export function stopOnSignals(options: ShutdownOptions): void {
  const { signals, stop, raise, setExitCode, logger, deadlineMs } = options;
  const onSignal = (signal: StopSignal) => {
    signals.off('SIGTERM', onSignal);
    signals.off('SIGINT', onSignal);
    logger.info({ signal }, 'stopping');
    // Not cleared, and no reason to stay alive: it also ends a program that something left behind keeps from ending.
    setTimeout(() => {
      logger.error({ deadlineMs }, 'could not stop in time');
      raise(signal);
    }, deadlineMs).unref();
    stop().then(
      () => logger.info({}, 'stopped'),
      (error: unknown) => {
        logger.error({ error: describeError(error) }, 'could not stop in order');
        setExitCode(1);
      },
    );
  };
  signals.on('SIGTERM', onSignal);
  signals.on('SIGINT', onSignal);
}
