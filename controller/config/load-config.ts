/** @module Command line and surroundings to a frozen configuration, or to everything that is wrong with them. */
import { parseDuration } from '../../shared/resources/duration.ts';
import type { ControllerConfig, KeyConfig } from './config.ts';
import { type FlagValues, parseFlags } from './flags.ts';
import { parseListenAddress } from './listen-address.ts';

/** What the program finds around it. */
export interface Surroundings {
  /** `POD_NAMESPACE`. */
  readonly podNamespace: string | undefined;
  /** Content of the service account's namespace file. */
  readonly serviceAccountNamespace: string | undefined;
  readonly version: string;
}

/** `problems` has one sentence each. */
export type ConfigResult =
  | { readonly kind: 'config'; readonly config: ControllerConfig }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const DEFAULT_NAMESPACE = 'signet-system';
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const MAX_PREFIX = 245;
const MIN_RENEW_MS = 1_000;
const MAX_TTL_MS = 1_000_000 * 3_600_000;

/** Collects problems so that all of them are told at once. */
class Problems {
  readonly found: string[] = [];

  /** `value`, unless it is null: then `fallback`, and a problem. */
  take<T>(value: T | null, fallback: T, problem: string): T {
    if (value !== null) return value;
    this.found.push(problem);
    return fallback;
  }
}

/** The configuration that `argv`, without the program's name, and `surroundings` give. */
export function loadConfig(argv: readonly string[], surroundings: Surroundings): ConfigResult {
  const flags = parseFlags(argv, surroundings.version);
  if (flags.kind === 'print') return flags;
  if (flags.kind === 'problem') return { kind: 'problems', problems: [flags.problem] };
  const problems = new Problems();
  const config = readConfig(flags.values, surroundings, problems);
  if (problems.found.length > 0) return { kind: 'problems', problems: problems.found };
  return { kind: 'config', config: Object.freeze(config) };
}

function readConfig(values: FlagValues, surroundings: Surroundings, problems: Problems): ControllerConfig {
  const nowhere = { host: undefined, port: 0 };
  const { listenAddr, listenMetricsAddr, logLevel } = values;
  const level = LOG_LEVELS.find((known) => known === logLevel) ?? null;
  return {
    kubeconfig: values.kubeconfig,
    namespace: readNamespace(values, surroundings, problems),
    listen: problems.take(parseListenAddress(listenAddr), nowhere, addressProblem('--listen-addr', listenAddr)),
    metricsListen: problems.take(
      parseListenAddress(listenMetricsAddr),
      nowhere,
      addressProblem('--listen-metrics-addr', listenMetricsAddr),
    ),
    keys: Object.freeze(readKeys(values, problems)),
    logLevel: problems.take(level, 'info', `--log-level is "${logLevel}", expected debug, info, warn or error`),
    unseal: values.unseal,
    sync: values.sync,
    cacheDirectory: values.cacheDir,
    allowHttpGit: values.allowHttpGit,
  };
}

function readNamespace(values: FlagValues, surroundings: Surroundings, problems: Problems): string {
  const found = [values.namespace, surroundings.podNamespace, surroundings.serviceAccountNamespace?.trim()];
  const namespace = found.find((text) => text !== undefined && text !== '') ?? DEFAULT_NAMESPACE;
  return problems.take(
    NAMESPACE.test(namespace) ? namespace : null,
    DEFAULT_NAMESPACE,
    `the namespace is "${namespace}", expected at most 63 of a-z, 0-9 and "-"`,
  );
}

function readKeys(values: FlagValues, problems: Problems): KeyConfig {
  const { keyRenewPeriod, keyTtl, keySize, keyPrefix } = values;
  const isPrefix = keyPrefix.length <= MAX_PREFIX && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(keyPrefix);
  return {
    prefix: problems.take(
      isPrefix ? keyPrefix : null,
      '',
      `--key-prefix is "${keyPrefix}", expected at most ${MAX_PREFIX} of a-z, 0-9 and "-", with a letter or digit at both ends`,
    ),
    bits: problems.take(parseBits(keySize), 0, `--key-size is "${keySize}", expected 2048 to 8192 in steps of 8`),
    validForMs: problems.take(parseTtl(keyTtl), 0, `--key-ttl is "${keyTtl}", expected a duration such as 87600h`),
    commonName: values.myCn,
    renewPeriodMs: problems.take(
      parseRenewPeriod(keyRenewPeriod),
      0,
      `--key-renew-period is "${keyRenewPeriod}", expected a duration such as 720h, or 0`,
    ),
  };
}

function parseBits(text: string): number | null {
  const bits = /^\d{4}$/.test(text) ? Number(text) : 0;
  return bits >= 2048 && bits <= 8192 && bits % 8 === 0 ? bits : null;
}

function parseTtl(text: string): number | null {
  const ttlMs = parseDuration(text);
  return ttlMs !== null && ttlMs >= MIN_RENEW_MS && ttlMs <= MAX_TTL_MS ? ttlMs : null;
}

function parseRenewPeriod(text: string): number | null {
  if (/^0(h|m|s|ms)?$/.test(text)) return 0;
  const periodMs = parseDuration(text);
  return periodMs !== null && periodMs >= MIN_RENEW_MS ? periodMs : null;
}

function addressProblem(flag: string, text: string): string {
  return `${flag} is "${text}", expected an address such as :8080 or 127.0.0.1:8080`;
}
