/** @module The text of `--help`, made from the table of flags. */
import { FLAGS, type FlagDeclaration, OWN_PREFIX } from './flag-table.ts';

/** What `--help` prints. */
export function helpText(): string {
  const rows = [...FLAGS.values()].map((flag) => [usage(flag), describe(flag)] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    'Usage: signet-controller [flags]',
    '',
    'Unseals SealedSecrets into Secrets, and keeps the cluster equal to Git.',
    '',
    'Flags:',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'A flag that is absent is read from a variable: SEALED_SECRETS_KEY_SIZE for --key-size, and so on. For those that',
    `sealed-secrets does not have these are ${ownVariables().join(', ')}.`,
    '',
    'Example:',
    '  $ signet-controller --kubeconfig ~/.kube/config --namespace signet-system',
    '',
  ].join('\n');
}

function ownVariables(): readonly string[] {
  return [...FLAGS.values()].flatMap(({ variable }) => (variable?.startsWith(OWN_PREFIX) ? [variable] : []));
}

function usage({ name, placeholder }: FlagDeclaration): string {
  return placeholder === '' ? `--${name}` : `--${name} <${placeholder}>`;
}

function describe({ help, initial, kind }: FlagDeclaration): string {
  const isSaid = initial === undefined || initial === '' || (kind === 'switch' && initial === 'false');
  return isSaid ? help : `${help} (default: ${initial})`;
}
