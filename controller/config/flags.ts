/** @module The flags of the controller, declared once; help is read from the declaration. Their texts are judged elsewhere. */
import { Command, CommanderError } from 'commander';
import { DEFAULT_KEY_PREFIX } from '../../shared/resources/names.ts';

/** Flags as written, or as their defaults say. */
export interface FlagValues {
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly listenAddr: string;
  readonly listenMetricsAddr: string;
  readonly keyRenewPeriod: string;
  readonly keyTtl: string;
  readonly keySize: string;
  readonly keyPrefix: string;
  readonly myCn: string;
  readonly logLevel: string;
  readonly cacheDir?: string;
  readonly unseal: boolean;
  readonly sync: boolean;
  readonly allowHttpGit: boolean;
}

/** What a command line says. `print` asks for a text on stdout and nothing else. */
export type ParsedFlags =
  | { readonly kind: 'values'; readonly values: FlagValues }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

/** Reads the arguments that follow the program's name. */
export function parseFlags(argv: readonly string[], version: string): ParsedFlags {
  let output = '';
  const command = declareFlags(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        output += text;
      },
      writeErr: () => undefined,
    });
  try {
    command.parse(argv, { from: 'user' });
    return { kind: 'values', values: command.opts<FlagValues>() };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: output };
    return { kind: 'problem', problem: error.message.replace(/^error: /, '') };
  }
}

function declareFlags(version: string): Command {
  return new Command('signet-controller')
    .description('Unseals SealedSecrets into Secrets, and keeps the cluster equal to Git.')
    .version(`controller version: ${version}`, '--version', 'print the version')
    .option('--kubeconfig <file>', 'cluster to work on; without it the program runs in a cluster')
    .option('--namespace <name>', 'namespace of the sealing keys (default: the one that the program runs in)')
    .option('--listen-addr <address>', 'address of certificate and probes', ':8080')
    .option('--listen-metrics-addr <address>', 'address of metrics', ':8081')
    .option('--key-renew-period <duration>', 'age at which the active key gets a successor; 0: never by age', '720h')
    .option('--key-ttl <duration>', 'how long new certificates are valid', '87600h')
    .option('--key-size <bits>', 'size of new keys', '4096')
    .option('--key-prefix <text>', 'begin of the names of key Secrets', DEFAULT_KEY_PREFIX)
    .option('--my-cn <text>', 'common name of new certificates', '')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .option('--cache-dir <folder>', 'folder of Git mirrors (default: a private one, removed at the end)')
    .option('--allow-http-git', 'allow plain HTTP for repositories beyond loopback', false)
    .option('--no-unseal', 'leave SealedSecrets alone')
    .option('--no-sync', 'leave GitSyncs alone')
    .addHelpText('after', '\nExample:\n  $ signet-controller --kubeconfig ~/.kube/config --namespace signet-system');
}
