/** @module The settings of logging. */
import type { LogConfig } from './config.ts';
import { oneOf, type Settings } from './settings.ts';

const LEVEL = /^(debug|info|warn|error)([+-]\d{1,6})?$/;
/** The numbers that Go's log levels stand for, most talkative first. */
const LEVELS = [
  ['debug', -4],
  ['info', 0],
  ['warn', 4],
  ['error', 8],
] as const;

/** The settings of logging, frozen. */
export function readLog(settings: Settings): LogConfig {
  return Object.freeze({
    level: settings.read<LogConfig['level']>('log-level', {
      parse: parseLevel,
      expected: 'DEBUG, INFO, WARN or ERROR, perhaps with an offset such as INFO+1',
      fallback: 'info',
    }),
    format: settings.read<LogConfig['format']>('log-format', oneOf('text', 'json')),
    infoOnStdout: settings.switch('log-info-stdout'),
  });
}

/** The level that lets through what Go's level of this text lets through; errors always pass. */
function parseLevel(text: string): LogConfig['level'] | null {
  const [, name, offset = '0'] = LEVEL.exec(text.toLowerCase()) ?? [];
  const base = LEVELS.find(([known]) => known === name);
  if (base === undefined) return null;
  const number = base[1] + Number(offset);
  return LEVELS.find(([, least]) => least >= number)?.[0] ?? 'error';
}
