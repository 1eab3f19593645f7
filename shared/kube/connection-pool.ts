/** @module The sockets to one API server: one set for requests, one for watches, both rebuilt when the client certificate changes. */
import { type AgentOptions, Agent as HttpAgent, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import type { ClusterConnection, Credentials } from './connection.ts';
import { KubeError } from './errors.ts';
import type { ExchangeTarget } from './exchange.ts';

/** API servers close a connection that was idle for 90 s; leaving earlier avoids the race with a request. */
const IDLE_SOCKET_MS = 60_000;

/** The two uses of sockets: watches hold theirs for minutes and must not take those of requests. */
export interface SocketSets {
  readonly requests: ExchangeTarget;
  readonly watches: ExchangeTarget;
}

interface OpenSets extends SocketSets {
  readonly certPem: string | undefined;
  readonly keyPem: string | undefined;
  readonly agents: readonly HttpAgent[];
}

/** Keeps connections alive and hands out where to send a request. */
export class ConnectionPool {
  readonly #connection: ClusterConnection;
  readonly #maxSockets: number;
  readonly #address: RequestOptions;
  readonly #secure: boolean;
  #open: OpenSets | undefined;
  /** Of earlier client certificates, with requests under way. */
  #retired: readonly HttpAgent[] = [];

  constructor(connection: ClusterConnection, maxSockets: number) {
    const url = new URL(connection.server);
    this.#connection = connection;
    this.#maxSockets = maxSockets;
    this.#secure = url.protocol === 'https:';
    const { protocol, hostname, port } = urlToHttpOptions(url);
    this.#address = { protocol, hostname, port };
  }

  /** The sockets for `credentials`; those opened for another client certificate are closed once they are idle. */
  socketsFor(credentials: Credentials): SocketSets {
    const open = this.#open;
    if (open && open.certPem === credentials.clientCertPem && open.keyPem === credentials.clientKeyPem) return open;
    const next = this.#build(credentials);
    if (open) retire(open.agents);
    this.#retired = [...this.#retired, ...(open?.agents ?? [])].filter(isBusy);
    this.#open = next;
    return next;
  }

  /** Closes connections that serve no request now, as after one of them turned out to be dead. */
  dropIdle(): void {
    for (const agent of this.#open?.agents ?? []) destroyIdle(agent);
  }

  /** Closes every connection at once. */
  close(): void {
    for (const agent of [...this.#retired, ...(this.#open?.agents ?? [])]) agent.destroy();
    this.#retired = [];
    this.#open = undefined;
  }

  #build(credentials: Credentials): OpenSets {
    const { clientCertPem: certPem, clientKeyPem: keyPem } = credentials;
    const options = this.#agentOptions(credentials);
    const create = (maxSockets: number): HttpAgent =>
      this.#secure ? new HttpsAgent({ ...options, maxSockets }) : new HttpAgent({ ...options, maxSockets });
    const requests = create(this.#maxSockets);
    const watches = create(Number.POSITIVE_INFINITY);
    return {
      certPem,
      keyPem,
      agents: [requests, watches],
      requests: { secure: this.#secure, options: { ...this.#address, agent: requests } },
      watches: { secure: this.#secure, options: { ...this.#address, agent: watches } },
    };
  }

  #agentOptions(credentials: Credentials): AgentOptions {
    const { insecureSkipTlsVerify, tlsServerName, proxyUrl, noProxy = '' } = this.#connection;
    const shared = {
      keepAlive: true,
      keepAliveMsecs: 30_000,
      scheduling: 'lifo' as const,
      timeout: IDLE_SOCKET_MS,
      ...(proxyUrl === undefined
        ? {}
        : { proxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, NO_PROXY: noProxy } }),
    };
    if (!this.#secure) return shared;
    const secure = {
      secureContext: this.#secureContext(credentials),
      rejectUnauthorized: insecureSkipTlsVerify !== true,
      ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
    };
    return { ...shared, ...secure } as AgentOptions;
  }

  /** Built once per pool: parsing the certificates for every connection costs more than the handshake's own work. */
  #secureContext(credentials: Credentials): SecureContext {
    const ca = this.#connection.caPem ?? [...getCACertificates('default'), ...getCACertificates('system')];
    const { clientCertPem: cert, clientKeyPem: key } = credentials;
    try {
      return createSecureContext({ ca, ...(cert === undefined || key === undefined ? {} : { cert, key }) });
    } catch (cause) {
      const message = `cannot use the certificates of ${this.#connection.describe()}: they are not PEM, or key and certificate do not match`;
      throw new KubeError('KUBE_KUBECONFIG_INVALID', message, { cause });
    }
  }
}

/** Lets running requests finish and keeps none of their sockets. */
function retire(agents: readonly HttpAgent[]): void {
  for (const agent of agents) {
    agent.maxFreeSockets = 0;
    destroyIdle(agent);
  }
}

function isBusy(agent: HttpAgent): boolean {
  return Object.keys(agent.sockets).length > 0;
}

function destroyIdle(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
