/** @module The face of logging: one line of fields and a message. What writes the lines is in pino-logger.ts. */

/** Facts of a line. Values are short and public: names, codes, counts, durations; never object bodies. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes structured lines. Messages are lower case, without full stop; fields say which object. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}
