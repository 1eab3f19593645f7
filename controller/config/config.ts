/** @module What a controller can be told, as one frozen value. */

/** A TCP address to listen on; without `host` on every address of the machine. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** How sealing keys are made, renewed and ordered. */
export interface KeyConfig {
  /** Begin of the names of key Secrets. */
  readonly prefix: string;
  readonly bits: number;
  readonly validForMs: number;
  /** Common name of certificates; empty for none. */
  readonly commonName: string;
  /** 0: keys are not renewed by time. */
  readonly renewPeriodMs: number;
  /** At the start a newest key that is older than this gets a successor; null: none does. */
  readonly cutoffAt: Date | null;
  /** Which of several active keys is sealed to: the one whose certificate, or whose Secret, is the youngest. */
  readonly orderPriority: 'CertNotBefore' | 'SecretCreationTimestamp';
  /** Put on new key Secrets, beside the controller's own, which they cannot replace. Valid names and values. */
  readonly labels: Readonly<Record<string, string>>;
  /** Put on new key Secrets, as `labels`. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether a key is made where there is none. `never`: somebody brings one, and until then nothing is unsealed. */
  readonly firstKey: 'create' | 'never';
}

/** Which SealedSecrets are unsealed, and how. */
export interface UnsealConfig {
  /** Whether the deprecated `spec.data` is opened. */
  readonly acceptV1: boolean;
  /** Whether results are written into the status of SealedSecrets. */
  readonly updateStatus: boolean;
  /** Whether a deleted Secret stays deleted until its SealedSecret changes or the controller starts. */
  readonly skipRecreate: boolean;
  /** Whether the Secret of a deleted SealedSecret is deleted by name, whoever owns it. */
  readonly oldGc: boolean;
  /** A valid label selector; empty: every SealedSecret. */
  readonly labelSelector: string;
  /** Without duplicates, the controller's own first; null: all. */
  readonly namespaces: readonly string[] | null;
}

/** Limits of the public port. */
export interface HttpConfig {
  /** Requests per second that one caller may send to verify and rotate, at least 0; 0: no limit at all. */
  readonly rateLimit: number;
  /** Requests beyond `rateLimit` that may come at once, at least 0; 0: none. */
  readonly rateBurst: number;
  /** Time for a whole request to arrive; 0: no limit. */
  readonly readTimeoutMs: number;
  /** Time from the end of a request's headers to the end of its answer; 0: no limit. */
  readonly writeTimeoutMs: number;
}

/** What metrics tell. */
export interface MetricsConfig {
  /** Whether metrics that name single SealedSecrets are left out. */
  readonly omitSecretLabels: boolean;
}

/** What is logged, and where. */
export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'text' | 'json';
  /** True: lines up to info go to stdout and the others to stderr; false: all go to stderr. */
  readonly infoOnStdout: boolean;
}

/** Everything that flags, variables and surroundings say. */
export interface ControllerConfig {
  /** Path of a kubeconfig; undefined: the program runs in a cluster. */
  readonly kubeconfig: string | undefined;
  /** Where the controller keeps its keys. */
  readonly namespace: string;
  readonly listen: ListenAddress;
  readonly metricsListen: ListenAddress;
  /** Null: no webhooks are received. */
  readonly webhookListen: ListenAddress | null;
  readonly keys: KeyConfig;
  readonly unsealing: UnsealConfig;
  readonly http: HttpConfig;
  readonly metrics: MetricsConfig;
  readonly log: LogConfig;
  /** Whether SealedSecrets are unsealed at all. */
  readonly unseal: boolean;
  /** Whether GitSyncs are synced. */
  readonly sync: boolean;
  /** Folder of Git mirrors; undefined: a private one that is removed at the end. */
  readonly cacheDirectory: string | undefined;
  /** Service account, of the GitSync's namespace, that acts for GitSyncs that name none; undefined: the controller itself does. */
  readonly defaultServiceAccount: string | undefined;
  /** The program that builds kustomizations; undefined: the one on the PATH. */
  readonly kustomize: string | undefined;
  /** Whether plain HTTP is allowed for repositories beyond loopback. */
  readonly allowHttpGit: boolean;
  /** To be logged once: settings that were given and have no effect here, with the reason. */
  readonly notices: readonly string[];
}
