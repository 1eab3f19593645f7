/** @module The flags of the controller, declared once: parser, variables and help read this table. Their texts are judged elsewhere. */
import { DEFAULT_KEY_PREFIX } from '../../shared/resources/names.ts';

/** One flag. A switch takes a value only in the form `--name=value`, as Go's programs have it. */
export interface FlagDeclaration {
  readonly name: string;
  readonly kind: 'value' | 'switch';
  /** What an absent flag says; undefined: nothing. */
  readonly initial: string | undefined;
  /** The variable that speaks where the flag is absent; null: none does. */
  readonly variable: string | null;
  /** Stands for the value in help; empty for switches. */
  readonly placeholder: string;
  readonly help: string;
}

/** Other names of flags that older installations use. */
export const FLAG_ALIASES: ReadonlyMap<string, string> = new Map([['rotate-period', 'key-renew-period']]);

const PEER_PREFIX = 'SEALED_SECRETS_';
/** Begin of the variables of flags that sealed-secrets does not have. */
export const OWN_PREFIX = 'SIGNET_';

/** The name of the variable for flag `name` of sealed-secrets. */
export function peerVariable(name: string): string {
  return variableOf(PEER_PREFIX, name);
}

/** Every flag, by its name, in the order of help. */
export const FLAGS: ReadonlyMap<string, FlagDeclaration> = new Map(
  [
    own('kubeconfig', 'file', undefined, 'cluster to work on; without it the program runs in a cluster'),
    own('namespace', 'name', undefined, 'namespace of the sealing keys (default: the one that the program runs in)'),
    value('listen-addr', 'address', ':8080', 'address of certificate, verify, rotate and probes'),
    value('listen-metrics-addr', 'address', ':8081', 'address of metrics'),
    own('webhook-listen-addr', 'address', undefined, 'address of webhooks, such as :8082 (default: none are received)'),
    value('read-timeout', 'duration', '2m', 'time for a request to arrive; 0: no limit'),
    value('write-timeout', 'duration', '2m', 'time for an answer to be sent; 0: no limit'),
    value('rate-limit', 'number', '50', 'verify and rotate requests per second and caller; 0: no limit'),
    value('rate-limit-burst', 'number', '100', 'requests beyond the limit that may come at once'),
    value('key-renew-period', 'duration', '720h', 'age at which the active key gets a successor; 0: never by age'),
    value('key-cutoff-time', 'time', '', 'renew a newest key that is older, such as "Mon, 02 Jan 2006 15:04:05 -0700"'),
    value('key-order-priority', 'rule', 'CertNotBefore', 'what makes a key newest; or SecretCreationTimestamp'),
    value('key-ttl', 'duration', '87600h', 'how long new certificates are valid'),
    value('key-size', 'bits', '4096', 'size of new keys'),
    value('key-prefix', 'text', DEFAULT_KEY_PREFIX, 'begin of the names of key Secrets'),
    value('my-cn', 'text', '', 'common name of new certificates'),
    value('privatekey-labels', 'k=v,…', '', 'labels of new key Secrets'),
    value('privatekey-annotations', 'k=v,…', '', 'annotations of new key Secrets'),
    own('first-key', 'rule', 'create', 'create or never: whether a key is made where there is none'),
    toggle('all-namespaces', 'true', 'unseal in every namespace; false: in the own one only'),
    value('additional-namespaces', 'a,b,…', '', 'unseal in these namespaces and the own one, and in no other'),
    value('label-selector', 'selector', '', 'unseal the SealedSecrets that match, and no others'),
    toggle('accept-deprecated-v1-data', 'true', 'open the deprecated spec.data'),
    toggle('update-status', 'true', 'write results into the status of SealedSecrets'),
    toggle('skip-recreate', 'false', 'leave a deleted Secret deleted until its SealedSecret changes'),
    toggle('old-gc-behavior', 'false', 'delete the Secret of a deleted SealedSecret by name'),
    toggle('metrics-omit-secret-labels', 'false', 'leave out metrics that name single SealedSecrets'),
    value('log-level', 'level', 'INFO', 'DEBUG, INFO, WARN or ERROR'),
    value('log-format', 'format', 'text', 'text or json'),
    toggle('log-info-stdout', 'true', 'write up to info to stdout and the rest to stderr; false: all to stderr'),
    own('kustomize', 'file', undefined, 'program that builds kustomizations (default: kustomize on the PATH)'),
    own('cache-dir', 'folder', undefined, 'folder of Git mirrors (default: a private one, removed at the end)'),
    ownToggle('allow-http-git', 'allow plain HTTP for repositories beyond loopback'),
    own(
      'default-service-account',
      'name',
      undefined,
      'account of its namespace that acts for a GitSync that names none',
    ),
    ownToggle('no-unseal', 'leave SealedSecrets alone'),
    ownToggle('no-sync', 'leave GitSyncs alone'),
    value('kubeclient-qps', 'number', undefined, 'no effect: the API server says when to wait'),
    value('kubeclient-burst', 'number', undefined, 'no effect, as kubeclient-qps'),
    value('max-unseal-retries', 'number', undefined, 'no effect: an object is tried until it unseals'),
    toggle('watch-for-secrets', undefined, 'no effect: key Secrets are always watched'),
    // Many programs are told their version in a variable: it must not keep the controller from starting.
    { ...toggle('version', 'false', 'print the version'), variable: null },
    { ...toggle('help', 'false', 'print this'), variable: null },
  ].map((flag) => [flag.name, flag]),
);

function variableOf(prefix: string, name: string): string {
  return prefix + name.toUpperCase().replaceAll('-', '_');
}

function value(name: string, placeholder: string, initial: string | undefined, help: string): FlagDeclaration {
  return { name, kind: 'value', initial, variable: peerVariable(name), placeholder, help };
}

function toggle(name: string, initial: string | undefined, help: string): FlagDeclaration {
  return { name, kind: 'switch', initial, variable: peerVariable(name), placeholder: '', help };
}

function own(name: string, placeholder: string, initial: string | undefined, help: string): FlagDeclaration {
  return { ...value(name, placeholder, initial, help), variable: variableOf(OWN_PREFIX, name) };
}

function ownToggle(name: string, help: string): FlagDeclaration {
  return { ...toggle(name, 'false', help), variable: variableOf(OWN_PREFIX, name) };
}
