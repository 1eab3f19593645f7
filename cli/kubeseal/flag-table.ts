/**
 * @module Every flag of kubeseal v0.36.6: names, kinds and defaults are kubeseal's, the words are our own. Sorted as the help
 * shows them. Reading values is in flag-values.ts, what they mean with those who use them.
 */
import type { FlagKind } from './flag-values.ts';

/** One flag. */
export interface FlagSpec {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly kind: FlagKind;
  /** As the help shows it; absent when the flag is off or empty by default. */
  readonly shownDefault?: string;
  readonly help: string;
  /** Where it comes from; flags of klog have no environment variable. */
  readonly origin: 'kubeseal' | 'client' | 'klog';
  /** Set in its place, and named in what is said about its use; it is then left out of the help. */
  readonly replacedBy?: string;
}

const NO_EFFECT = 'accepted for the sake of old command lines; no effect';

/** All of them. */
export const FLAG_TABLE: readonly FlagSpec[] = [
  klog('add_dir_header', 'go-bool'),
  own('allow-empty-data', 'bool', 'seal a Secret that has no data, too'),
  klog('alsologtostderr', 'go-bool'),
  klog('alsologtostderrthreshold', 'severity'),
  client('as', 'string', 'user to act as'),
  client('as-group', 'array', 'group to act as; may be repeated'),
  client('as-uid', 'string', 'UID to act as'),
  own(
    'cert',
    'string',
    'certificate to seal to: a PEM file, or an http, https or file URL; no controller is asked then',
  ),
  client('certificate-authority', 'string', "file with the authority of the API server's certificate"),
  client('client-certificate', 'string', 'file with a client certificate'),
  client('client-key', 'string', 'file with the key of the client certificate'),
  client('cluster', 'string', 'cluster of the kubeconfig to use'),
  client('context', 'string', 'context of the kubeconfig to use'),
  {
    ...own('controller-name', 'string', "name of the controller's Service"),
    shownDefault: '"sealed-secrets-controller"',
  },
  { ...own('controller-namespace', 'string', 'namespace of the controller'), shownDefault: '"kube-system"' },
  client('disable-compression', 'bool', 'ask the API server for uncompressed answers'),
  own('fetch-cert', 'bool', 'print the certificate to seal to, for later use with --cert'),
  { ...own('format', 'string', 'form of the result: json or yaml'), short: 'o', shownDefault: '"json"' },
  own(
    'from-file',
    'list',
    'file whose bytes are sealed, with --raw only; a key and an equals sign before the name are ignored',
  ),
  own('help', 'bool', 'print this text'),
  client(
    'insecure-skip-tls-verify',
    'bool',
    "do not check the API server's certificate: anybody can then stand in its place",
  ),
  own('kubeconfig', 'string', 'kubeconfig to use; default: KUBECONFIG, then ~/.kube/config'),
  { ...klog('legacy_stderr_threshold_behavior', 'go-bool'), shownDefault: 'true' },
  { ...klog('log_backtrace_at', 'trace'), shownDefault: ':0' },
  klog('log_dir', 'string'),
  klog('log_file', 'string'),
  { ...klog('log_file_max_size', 'uint'), shownDefault: '1800' },
  { ...klog('logtostderr', 'go-bool'), shownDefault: 'true' },
  own('merge-into', 'string', 'SealedSecret file to add the sealed items to, in place'),
  own('name', 'string', 'name of the Secret; needed with --raw in scope strict'),
  { ...client('namespace', 'string', 'namespace for a Secret that names none'), short: 'n' },
  klog('one_output', 'go-bool'),
  client('password', 'string', 'password for the API server'),
  client('proxy-url', 'string', 'proxy between here and the API server'),
  own('raw', 'bool', 'seal one value, from standard input or --from-file, and print it alone'),
  own(
    're-encrypt',
    'bool',
    "encrypt a SealedSecret to the controller's newest key; with -f and no -w in the file itself",
  ),
  own(
    'recovery-private-key',
    'list',
    'files with private keys for --recovery-unseal: PEM, key Secrets or Lists of them',
  ),
  own('recovery-unseal', 'bool', 'open a SealedSecret with private keys at hand, without a cluster'),
  {
    ...client(
      'request-timeout',
      'string',
      'longest wait for one answer of the API server, such as 30s; 0: as long as Signet waits',
    ),
    shownDefault: '"0"',
  },
  { ...own('rotate', 'bool', 'the old name of --re-encrypt'), replacedBy: 're-encrypt' },
  {
    ...own(
      'scope',
      'scope',
      "where the result opens: strict, namespace-wide or cluster-wide; given, it replaces what the Secret's annotations say",
    ),
    shownDefault: '"strict"',
  },
  { ...own('sealed-secret-file', 'string', 'file for the result, written whole or not at all'), short: 'w' },
  { ...own('secret-file', 'string', 'file to read in place of standard input'), short: 'f' },
  client('server', 'string', 'address of the API server'),
  klog('skip_headers', 'go-bool'),
  klog('skip_log_headers', 'go-bool'),
  { ...klog('stderrthreshold', 'severity'), shownDefault: '2' },
  client('tls-server-name', 'string', "name to expect in the API server's certificate"),
  client('token', 'string', 'bearer token for the API server'),
  client('user', 'string', 'user of the kubeconfig to use'),
  client('username', 'string', 'user name for the API server'),
  {
    ...klog('v', 'level'),
    short: 'v',
    help: 'from 1 on, messages about the certificate and the controller on standard error',
  },
  own('validate', 'bool', 'ask the controller whether it opens the SealedSecret'),
  own('version', 'bool', 'print the version'),
  klog('vmodule', 'module-levels'),
];

const BY_NAME: ReadonlyMap<string, FlagSpec> = new Map(FLAG_TABLE.map((flag) => [flag.name, flag]));
const BY_SHORT: ReadonlyMap<string, FlagSpec> = new Map(
  FLAG_TABLE.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const])),
);

/** The flag of exactly this name; underscores and dashes differ, as they do for kubeseal. */
export function findFlag(name: string): FlagSpec | undefined {
  return BY_NAME.get(name);
}

/** The flag with this letter. */
export function findShortFlag(letter: string): FlagSpec | undefined {
  return BY_SHORT.get(letter);
}

function own(name: string, kind: FlagKind, help: string): FlagSpec {
  return { name, kind, help, origin: 'kubeseal' };
}

function client(name: string, kind: FlagKind, help: string): FlagSpec {
  return { name, kind, help, origin: 'client' };
}

function klog(name: string, kind: FlagKind): FlagSpec {
  return { name, kind, help: NO_EFFECT, origin: 'klog' };
}
