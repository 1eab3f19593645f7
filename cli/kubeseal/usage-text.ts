/** @module The list of flags in the columns of kubeseal's help. */
import { FLAG_TABLE, type FlagSpec } from './flag-table.ts';
import type { FlagKind } from './flag-values.ts';

/** How the help calls a value; switches have none. */
const TYPE_NAMES: Readonly<Record<FlagKind, string>> = {
  string: ' string',
  scope: ' string',
  bool: '',
  'go-bool': '',
  list: ' strings',
  array: ' stringArray',
  uint: ' uint',
  level: ' Level',
  severity: ' severity',
  trace: ' traceLocation',
  'module-levels': ' moduleSpec',
};

/** Every flag that is not deprecated, one on a line, sorted by name. */
export function usageText(): string {
  const rows = FLAG_TABLE.filter(({ replacedBy }) => replacedBy === undefined).map(
    (flag) => [headOf(flag), flag] as const,
  );
  const width = Math.max(...rows.map(([head]) => head.length)) + 3;
  return rows.map(([head, { help, shownDefault }]) => `${head.padEnd(width)}${help}${suffix(shownDefault)}\n`).join('');
}

function headOf({ name, short, kind }: FlagSpec): string {
  return `${short === undefined ? '      ' : `  -${short}, `}--${name}${TYPE_NAMES[kind]}`;
}

function suffix(shownDefault: string | undefined): string {
  return shownDefault === undefined ? '' : ` (default ${shownDefault})`;
}
