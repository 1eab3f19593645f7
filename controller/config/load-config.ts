/** @module Command line, variables and surroundings to a frozen configuration, or to everything that is wrong with them. */
import { isAccountName, isNamespaceName } from '../../shared/kube/service-account.ts';
import { DEFAULT_SIGNET_NAMESPACE } from '../../shared/resources/names.ts';
import type { ControllerConfig, HttpConfig, UnsealConfig } from './config.ts';
import { parseGoDuration, parseGoInteger } from './go-values.ts';
import { helpText } from './help-text.ts';
import { parseLabelSelector, splitList } from './label-texts.ts';
import { parseListenAddress } from './listen-address.ts';
import { parseArguments } from './parse-arguments.ts';
import { quote } from './quote.ts';
import { readKeys } from './read-keys.ts';
import { readLog } from './read-log.ts';
import { readNotices } from './read-notices.ts';
import { Settings, type Variables } from './settings.ts';

/** What the program finds around it. */
export interface Surroundings {
  /** The variables of the process. */
  readonly variables: Variables;
  /** Content of the service account's namespace file. */
  readonly serviceAccountNamespace: string | undefined;
  readonly version: string;
}

/** `problems` has one sentence each. */
export type ConfigResult =
  | { readonly kind: 'config'; readonly config: ControllerConfig }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** More than any timer of the server could hold would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const MAX_RATE = 1_000_000;

/** The configuration that `argv`, without the program's name, and `surroundings` give. Never throws. */
export function loadConfig(argv: readonly string[], surroundings: Surroundings): ConfigResult {
  const { given, problems } = parseArguments(argv);
  const settings = new Settings(given, surroundings.variables);
  const asksHelp = settings.switch('help');
  const asksVersion = settings.switch('version');
  settings.problems.unshift(...problems);
  if (problems.length === 0 && asksHelp) return { kind: 'print', text: helpText() };
  if (problems.length === 0 && asksVersion) {
    return { kind: 'print', text: `controller version: ${surroundings.version}\n` };
  }
  const config = readConfig(settings, surroundings);
  if (settings.problems.length > 0) return { kind: 'problems', problems: settings.problems };
  return { kind: 'config', config: Object.freeze(config) };
}

function readConfig(settings: Settings, surroundings: Surroundings): ControllerConfig {
  const namespace = readNamespace(settings, surroundings);
  const address = {
    parse: parseListenAddress,
    expected: 'an address such as :8080 or 127.0.0.1:8080',
    fallback: { host: undefined, port: 0 },
  };
  return {
    kubeconfig: settings.text('kubeconfig'),
    namespace,
    listen: settings.read('listen-addr', address),
    metricsListen: settings.read('listen-metrics-addr', address),
    webhookListen:
      settings.text('webhook-listen-addr') === undefined ? null : settings.read('webhook-listen-addr', address),
    keys: readKeys(settings),
    unsealing: readUnsealing(settings, namespace),
    http: readHttp(settings),
    metrics: Object.freeze({ omitSecretLabels: settings.switch('metrics-omit-secret-labels') }),
    log: readLog(settings),
    unseal: !settings.switch('no-unseal'),
    sync: !settings.switch('no-sync'),
    cacheDirectory: settings.text('cache-dir'),
    kustomize: settings.text('kustomize'),
    defaultServiceAccount: settings.read<string | undefined>('default-service-account', {
      parse: parseAccount,
      expected: 'the name of a service account',
      fallback: undefined,
    }),
    allowHttpGit: settings.switch('allow-http-git'),
    notices: readNotices(settings),
  };
}

function readNamespace(settings: Settings, { variables, serviceAccountNamespace }: Surroundings): string {
  const found = [settings.text('namespace'), variables['POD_NAMESPACE'], serviceAccountNamespace?.trim()];
  const namespace = found.find((text) => text !== undefined && text !== '') ?? DEFAULT_SIGNET_NAMESPACE;
  if (isNamespaceName(namespace)) return namespace;
  settings.problems.push(`the namespace is ${quote(namespace)}, expected at most 63 of a-z, 0-9 and "-"`);
  return DEFAULT_SIGNET_NAMESPACE;
}

function readUnsealing(settings: Settings, namespace: string): UnsealConfig {
  const inAll = settings.switch('all-namespaces');
  const additional = settings.read('additional-namespaces', {
    parse: parseNamespaces,
    expected: 'names of namespaces, with commas between them',
    fallback: [],
  });
  const namespaces = [...new Set([namespace, ...additional])];
  return Object.freeze({
    acceptV1: settings.switch('accept-deprecated-v1-data'),
    updateStatus: settings.switch('update-status'),
    skipRecreate: settings.switch('skip-recreate'),
    oldGc: settings.switch('old-gc-behavior'),
    labelSelector: settings.read('label-selector', {
      parse: parseLabelSelector,
      expected: 'a label selector such as team=shop,tier in (a,b)',
      fallback: '',
    }),
    namespaces: inAll && additional.length === 0 ? null : Object.freeze(namespaces),
  });
}

function parseNamespaces(text: string): readonly string[] | null {
  const names = splitList(text);
  return names.every(isNamespaceName) ? names : null;
}

/** An empty name is a mistake, and must not mean that nobody is limited. */
function parseAccount(text: string): string | null {
  return isAccountName(text) ? text : null;
}

function readHttp(settings: Settings): HttpConfig {
  const count = { parse: parseRate, expected: `a whole number from 0 to ${MAX_RATE}`, fallback: 0 };
  const timeout = { parse: parseTimeout, expected: 'a duration such as 2m of at most 500h, or 0', fallback: 0 };
  return Object.freeze({
    rateLimit: settings.read('rate-limit', count),
    rateBurst: settings.read('rate-limit-burst', count),
    readTimeoutMs: settings.read('read-timeout', timeout),
    writeTimeoutMs: settings.read('write-timeout', timeout),
  });
}

function parseRate(text: string): number | null {
  const rate = parseGoInteger(text);
  return rate !== null && rate >= 0 && rate <= MAX_RATE ? rate + 0 : null;
}

function parseTimeout(text: string): number | null {
  const timeoutMs = parseGoDuration(text);
  return timeoutMs !== null && timeoutMs <= MAX_TIMEOUT_MS ? timeoutMs : null;
}
