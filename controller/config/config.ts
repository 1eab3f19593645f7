/** @module What a controller can be told, as one frozen value. */

/** A TCP address to listen on; without `host` on every address of the machine. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** How sealing keys are made and renewed. */
export interface KeyConfig {
  readonly prefix: string;
  readonly bits: number;
  readonly validForMs: number;
  /** Empty for none. */
  readonly commonName: string;
  /** 0: keys are not renewed by time. */
  readonly renewPeriodMs: number;
}

/** Everything that flags and surroundings say. */
export interface ControllerConfig {
  /** Path of a kubeconfig; undefined: the program runs in a cluster. */
  readonly kubeconfig: string | undefined;
  /** Where the controller keeps its keys. */
  readonly namespace: string;
  readonly listen: ListenAddress;
  readonly metricsListen: ListenAddress;
  readonly keys: KeyConfig;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Whether SealedSecrets are unsealed. */
  readonly unseal: boolean;
  /** Whether GitSyncs are synced. */
  readonly sync: boolean;
  /** Folder of Git mirrors; undefined: a private one that is removed at the end. */
  readonly cacheDirectory: string | undefined;
  /** Whether plain HTTP is allowed for repositories beyond loopback. */
  readonly allowHttpGit: boolean;
}
