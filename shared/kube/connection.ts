/**
 * @module What is needed to reach one API server as one identity, wherever it was read from. Opening connections is the
 * transport's part.
 */

/** Proof of identity, as it stands now. */
export interface Credentials {
  /** Request headers: Authorization and Impersonate-*. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Client certificate and its key, PEM; both or neither. */
  readonly clientCertPem?: string;
  readonly clientKeyPem?: string;
}

/** One API server and one identity. */
export interface ClusterConnection {
  /** Base address; may end in a path that every request is put under. */
  readonly server: string;
  /** Authorities that the server's certificate is checked against, PEM; absent: those of the system. */
  readonly caPem?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Name to expect in the server's certificate in place of the address's host. */
  readonly tlsServerName?: string;
  /** HTTP proxy to go through. */
  readonly proxyUrl?: string;
  /** Hosts that are reached without the proxy, in the form of the variable NO_PROXY. */
  readonly noProxy?: string;
  /** Never ask for compressed answers. */
  readonly disableCompression?: boolean;
  /** Namespace of the context; `default` when it names none. */
  readonly namespace: string;
  /**
   * The credentials to use for a request that is about to be sent; files behind them are read again at least each minute.
   * `renew` asks for fresh ones because the server refused the last. Throws KubeError.
   */
  credentials(options?: { readonly renew?: boolean }): Promise<Credentials>;
  /** Address and origin for messages: `https://… (context "x" of /path/kubeconfig)`. */
  describe(): string;
}
