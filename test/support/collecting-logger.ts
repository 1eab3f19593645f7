/** @module A logger that keeps its lines. */
import type { Logger } from '../../controller/logging/logger.ts';

/** Adds each line to `lines`, as level, message and fields. */
export function collectingLogger(lines: string[]): Logger {
  const at =
    (level: string) =>
    (fields: object, message: string): void => {
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}
