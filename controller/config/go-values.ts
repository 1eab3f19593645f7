/** @module Single values in the forms that Go's flag parsers take. Each parser gives null for a text that it does not take. */

const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ns: 1e-6,
};
const DURATION = /^\+?(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+$/;
const PARTS = /(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)/g;
/** Go's durations end here: 2^63 nanoseconds. */
const MAX_MS = 9_223_372_036_854;
/** Longer text is no value that a person would write, and the patterns' cost grows with their input. */
const MAX_LENGTH = 64;

/** Milliseconds, rounded up so that no time becomes none; a sign other than `+` is refused. */
export function parseGoDuration(text: string): number | null {
  if (/^\+?0$/.test(text)) return 0;
  if (text.length > MAX_LENGTH || !DURATION.test(text)) return null;
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(PARTS)) total += Number(amount) * (UNIT_MS[unit] ?? 0);
  return total <= MAX_MS ? Math.ceil(total) : null;
}

/** What `strconv.ParseBool` takes. */
export function parseGoBoolean(text: string): boolean | null {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : null;
}

/** A whole decimal number; no leading zeros, which Go would take for octal. */
export function parseGoInteger(text: string): number | null {
  const value = text.length <= MAX_LENGTH && /^[+-]?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** A decimal number. */
export function parseGoNumber(text: string): number | null {
  const isNumber = text.length <= MAX_LENGTH && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text);
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const RFC1123Z =
  /^(?:mon|tue|wed|thu|fri|sat|sun), (\d{2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/i;

/** A time such as `Mon, 02 Jan 2006 15:04:05 -0700`, which `date -R` prints. As in Go, the day of the week is not compared. */
export function parseRfc1123z(text: string): Date | null {
  const [whole, day = '', monthName = '', year = '', hour = '', minute = '', second = '', sign, zoneHour, zoneMinute] =
    RFC1123Z.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName.toLowerCase());
  if (whole === undefined || month < 0) return null;
  const [h, m, s, zh, zm] = [hour, minute, second, zoneHour, zoneMinute].map(Number);
  if (h === undefined || m === undefined || s === undefined || zh === undefined || zm === undefined) return null;
  if (h > 23 || m > 59 || s > 59 || zh > 24 || zm > 59) return null;
  const local = new Date(0);
  local.setUTCFullYear(Number(year), month, Number(day));
  local.setUTCHours(h, m, s);
  // A day that the month does not have has moved into the next one.
  if (local.getUTCDate() !== Number(day) || local.getUTCMonth() !== month) return null;
  const offsetMs = (zh * 60 + zm) * 60_000;
  return new Date(local.getTime() - (sign === '-' ? -offsetMs : offsetMs));
}
