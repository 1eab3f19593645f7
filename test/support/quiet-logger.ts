/** @module A logger that says nothing. */
import type { Logger } from '../../controller/logging/logger.ts';

const quiet = (): void => undefined;

/** Takes every line and writes none. */
export const quietLogger: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => quietLogger };
