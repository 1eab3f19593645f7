/** @module The flags by what they mean, with kubeseal's defaults. */
import { textOf } from '../../shared/encoding/value-kind.ts';
import type { KubeconfigOverrides } from '../../shared/kube/kubeconfig-overrides.ts';
import type { Scope } from '../../shared/sealing/scope.ts';
import type { FlagValue } from './flag-values.ts';
import type { ParsedFlags } from './parse-flags.ts';

/** What the user asks for. Texts that were not given are empty. */
export interface KubesealFlags {
  readonly help: boolean;
  readonly version: boolean;
  readonly verbosity: number;
  readonly cert: string;
  readonly fetchCert: boolean;
  readonly validate: boolean;
  readonly reEncrypt: boolean;
  readonly recoveryUnseal: boolean;
  readonly recoveryPrivateKeys: readonly string[];
  readonly raw: boolean;
  readonly fromFiles: readonly string[];
  readonly mergeInto: string;
  readonly secretFile: string;
  readonly sealedSecretFile: string;
  /** Absent when the user left the choice open. */
  readonly format?: string;
  /** Absent when the user left the choice to the input. */
  readonly scope?: Scope;
  readonly allowEmptyData: boolean;
  readonly name: string;
  /** As the user gave it, without a prefix such as `ns/`. */
  readonly namespace: string;
  readonly cluster: ClusterFlags;
}

/** Which API server, as whom, and which controller behind it. */
export interface ClusterFlags {
  readonly kubeconfig: string;
  readonly context: string;
  readonly overrides: KubeconfigOverrides;
  /** As the user gave it; empty or `0`: as long as Signet waits. */
  readonly requestTimeout: string;
  /** Absent when the user did not say. */
  readonly controllerName?: string;
  readonly controllerNamespace?: string;
}

const NAMESPACE_PREFIXES = ['namespaces/', 'namespace/', 'ns/'];

/** The meaning of `flags`. */
export function readFlags({ values }: ParsedFlags): KubesealFlags {
  const text = (name: string): string => asText(values.get(name));
  const isOn = (name: string): boolean => values.get(name) === true;
  const list = (name: string): readonly string[] => asList(values.get(name));
  const namespace = withoutPrefix(text('namespace'));
  const scope = text('scope') as Scope | '';
  return {
    help: isOn('help'),
    version: isOn('version'),
    verbosity: Number(values.get('v') ?? 0),
    cert: text('cert'),
    fetchCert: isOn('fetch-cert'),
    validate: isOn('validate'),
    reEncrypt: isOn('re-encrypt'),
    recoveryUnseal: isOn('recovery-unseal'),
    recoveryPrivateKeys: list('recovery-private-key'),
    raw: isOn('raw'),
    fromFiles: list('from-file'),
    mergeInto: text('merge-into'),
    secretFile: text('secret-file'),
    sealedSecretFile: text('sealed-secret-file'),
    ...(values.has('format') && { format: text('format') }),
    ...(scope !== '' && { scope }),
    allowEmptyData: isOn('allow-empty-data'),
    name: text('name'),
    namespace,
    cluster: {
      kubeconfig: text('kubeconfig'),
      context: text('context'),
      requestTimeout: text('request-timeout'),
      ...(values.has('controller-name') && { controllerName: text('controller-name') }),
      ...(values.has('controller-namespace') && { controllerNamespace: text('controller-namespace') }),
      overrides: {
        namespace,
        cluster: text('cluster'),
        user: text('user'),
        server: text('server'),
        certificateAuthority: text('certificate-authority'),
        clientCertificate: text('client-certificate'),
        clientKey: text('client-key'),
        insecureSkipTlsVerify: isOn('insecure-skip-tls-verify'),
        tlsServerName: text('tls-server-name'),
        proxyUrl: text('proxy-url'),
        disableCompression: isOn('disable-compression'),
        token: text('token'),
        username: text('username'),
        password: text('password'),
        as: text('as'),
        asUid: text('as-uid'),
        asGroups: list('as-group'),
      },
    },
  };
}

function asText(value: FlagValue | undefined): string {
  return textOf(value);
}

function asList(value: FlagValue | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

/** kubectl's commands print names as `namespace/shop`. */
function withoutPrefix(text: string): string {
  const prefix = NAMESPACE_PREFIXES.find((one) => text.startsWith(one));
  return prefix === undefined ? text : text.slice(prefix.length);
}
