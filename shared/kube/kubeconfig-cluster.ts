/** @module The cluster part of a kubeconfig: address, trust and proxy. */
import { readFile } from 'node:fs/promises';
import { isLoopback } from '../encoding/loopback.ts';
import type { ClusterConnection } from './connection.ts';
import { fileProblem } from './file-text.ts';
import type { KubeconfigEntry } from './kubeconfig-entry.ts';

/** The variables that name a proxy. */
export interface ProxyEnv {
  readonly HTTPS_PROXY?: string | undefined;
  readonly https_proxy?: string | undefined;
  readonly HTTP_PROXY?: string | undefined;
  readonly http_proxy?: string | undefined;
  readonly NO_PROXY?: string | undefined;
  readonly no_proxy?: string | undefined;
}

/** What a connection knows beside its identity. */
export type ClusterFacts = Omit<ClusterConnection, 'namespace' | 'credentials' | 'describe'>;

/** The facts of `cluster`; `user` matters only to an address without a scheme. Throws `KUBE_KUBECONFIG_INVALID`. */
export async function clusterFacts(
  cluster: KubeconfigEntry,
  user: KubeconfigEntry | undefined,
  env: ProxyEnv,
): Promise<ClusterFacts> {
  const caPem = await readCertificateAuthority(cluster);
  const insecure = cluster.flag('insecure-skip-tls-verify');
  if (insecure && caPem !== undefined) {
    throw cluster.invalid('insecure-skip-tls-verify and a certificate authority exclude each other');
  }
  const hasClientCert = user?.text('client-certificate-data') ?? user?.text('client-certificate');
  const url = serverUrl(cluster, insecure || caPem !== undefined || hasClientCert !== undefined);
  const tlsServerName = cluster.text('tls-server-name');
  return {
    server: url.href.replace(/\/+$/, ''),
    ...(caPem === undefined ? {} : { caPem }),
    ...(insecure ? { insecureSkipTlsVerify: true } : {}),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(cluster.flag('disable-compression') ? { disableCompression: true } : {}),
    ...proxyOf(cluster, url, env),
  };
}

/** Inline data wins over a file, as in kubectl. */
async function readCertificateAuthority(cluster: KubeconfigEntry): Promise<string | undefined> {
  const inline = cluster.decoded('certificate-authority-data');
  const file = cluster.path('certificate-authority');
  if (inline !== undefined || file === undefined) return inline;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw cluster.invalid(`certificate-authority ${file}: ${fileProblem(error)}`);
  }
}

/** kubectl takes an address without a scheme for https exactly when TLS is configured. */
function serverUrl(cluster: KubeconfigEntry, hasTls: boolean): URL {
  const server = cluster.text('server');
  if (server === undefined) throw cluster.invalid('it has no server');
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `${hasTls ? 'https' : 'http'}://${server}`;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw cluster.invalid('server is no http or https address');
  if (url.username !== '' || url.password !== '') {
    throw cluster.invalid('server contains credentials', 'put them into the user entry');
  }
  if (url.search !== '' || url.hash !== '') throw cluster.invalid('server has a query');
  return url;
}

/** `proxy-url`, else the environment's proxy, which is never used for this machine itself. */
function proxyOf(cluster: KubeconfigEntry, url: URL, env: ProxyEnv): Pick<ClusterFacts, 'proxyUrl' | 'noProxy'> {
  const configured = cluster.text('proxy-url');
  if (configured !== undefined) {
    if (!/^https?:\/\//i.test(configured)) throw cluster.invalid('proxy-url is no http or https address');
    return { proxyUrl: configured };
  }
  const isSecure = url.protocol === 'https:';
  const proxyUrl = isSecure ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  if (!proxyUrl || isLoopback(url.hostname)) return {};
  const noProxy = env.NO_PROXY || env.no_proxy;
  return { proxyUrl, ...(noProxy ? { noProxy } : {}) };
}
