/** @module The settings of sealing keys. */
import type { KeyConfig } from './config.ts';
import { parseGoDuration, parseGoInteger, parseRfc1123z } from './go-values.ts';
import { isLabelValue, parsePairs } from './label-texts.ts';
import { oneOf, type Settings } from './settings.ts';

const MAX_PREFIX = 245;
const MIN_PERIOD_MS = 1_000;
const MAX_TTL_MS = 1_000_000 * 3_600_000;

/** The settings of sealing keys, frozen. */
export function readKeys(settings: Settings): KeyConfig {
  return Object.freeze({
    prefix: settings.read('key-prefix', {
      parse: parsePrefix,
      expected: `at most ${MAX_PREFIX} of a-z, 0-9 and "-", with a letter or digit at both ends`,
      fallback: '',
    }),
    bits: settings.read('key-size', { parse: parseBits, expected: '2048 to 8192 in steps of 8', fallback: 0 }),
    validForMs: settings.read('key-ttl', { parse: parseTtl, expected: 'a duration such as 87600h', fallback: 0 }),
    commonName: settings.text('my-cn') ?? '',
    renewPeriodMs: settings.read('key-renew-period', {
      parse: parsePeriod,
      expected: 'a duration such as 720h of at least 1s, or 0',
      fallback: 0,
    }),
    cutoffAt: settings.read('key-cutoff-time', {
      parse: parseCutoff,
      expected: 'a time such as "Mon, 02 Jan 2006 15:04:05 -0700", as "date -R" prints it',
      fallback: { at: null },
    }).at,
    orderPriority: settings.read<KeyConfig['orderPriority']>(
      'key-order-priority',
      oneOf('CertNotBefore', 'SecretCreationTimestamp'),
    ),
    labels: settings.read('privatekey-labels', {
      parse: (text) => parsePairs(text, isLabelValue),
      expected: 'labels such as team=shop,tier=a',
      fallback: {},
    }),
    annotations: settings.read('privatekey-annotations', {
      parse: (text) => parsePairs(text, () => true),
      expected: 'annotations such as example.com/owner=shop,note=a',
      fallback: {},
    }),
    firstKey: settings.read<KeyConfig['firstKey']>('first-key', oneOf('create', 'never')),
  });
}

function parsePrefix(text: string): string | null {
  return text.length <= MAX_PREFIX && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) ? text : null;
}

function parseBits(text: string): number | null {
  const bits = parseGoInteger(text);
  return bits !== null && bits >= 2048 && bits <= 8192 && bits % 8 === 0 ? bits : null;
}

function parseTtl(text: string): number | null {
  const ttlMs = parseGoDuration(text);
  return ttlMs !== null && ttlMs >= MIN_PERIOD_MS && ttlMs <= MAX_TTL_MS ? ttlMs : null;
}

function parsePeriod(text: string): number | null {
  const periodMs = parseGoDuration(text);
  return periodMs === 0 || (periodMs !== null && periodMs >= MIN_PERIOD_MS) ? periodMs : null;
}

/** Null stands for a wrong text, so that "none" needs a form of its own. */
function parseCutoff(text: string): { readonly at: Date | null } | null {
  if (text === '') return { at: null };
  const at = parseRfc1123z(text);
  return at === null ? null : { at };
}
