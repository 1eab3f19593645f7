// biome-ignore-all lint/suspicious/noTemplateCurlyInString: "${name}" is what some of these repositories are about
/** @module Repositories that ask for more than their GitSync may: keys, objects of others, accounts, values of Secrets. */
import { type HostileKind, kindOfFiles, STOWAWAY, stowaway } from './hostile-kind.ts';
import { commitRaw, rawTree, writeObject } from './raw-objects.ts';

const CONTROLLER_NAMESPACE = 'signet-system';
const MIB = 1024 * 1024;

/** The value that must not get out. */
export const CANARY = 'canary-value-of-the-victim';
/** What the neighbour of all these repositories owns. */
export const NEIGHBOUR_OWNED = { namespace: 'neighbours', name: 'neighbour-owned' } as const;
/** The account of a tenant who may write ConfigMaps. */
export const TENANT = 'tenant';
/** The Secret that must not get out, and the key of its value. */
export const VICTIM = { name: 'victim', key: 'token' } as const;

const withVictim = { substitute: { from: [{ kind: 'Secret', name: VICTIM.name }] } } as const;

function secret(name: string, labels: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: ${CONTROLLER_NAMESPACE}, labels: {${labels}}}\nstringData: {tls.crt: some, tls.key: thing}\n`;
}

/** All of them. */
export const HOSTILE_POWERS: readonly HostileKind[] = [
  kindOfFiles(
    'power-sealing-key',
    {
      'a.yaml': secret('my-key', 'sealedsecrets.bitnami.com/sealed-secrets-key: active'),
      'b.yaml': secret('signet-digest-key', 'a: b'),
    },
    { reason: 'ApplyFailed', says: /written by the controller/, isApplied: true },
  ),
  kindOfFiles(
    'power-inventory',
    ({ namespace }) => ({
      'a.yaml': `apiVersion: signet.dev/v1alpha1\nkind: Inventory\nmetadata: {name: neighbour, namespace: ${namespace}}\n`,
    }),
    { reason: 'ApplyFailed', says: /written by the controller/, isApplied: true },
  ),
  kindOfFiles(
    'power-forged-owner',
    {
      'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${NEIGHBOUR_OWNED.name}\n  namespace: ${NEIGHBOUR_OWNED.namespace}\n  annotations: {signet.dev/git-sync: neighbours/neighbour}\ndata: {taken: "yes"}\n`,
    },
    { reason: 'ApplyFailed', says: /neighbours\/neighbour/, isApplied: true },
  ),
  kindOfFiles(
    'power-tenant-escalates',
    ({ namespace }) => ({
      'a.yaml': `apiVersion: signet.dev/v1alpha1\nkind: GitSync\nmetadata: {name: escalated, namespace: ${namespace}}\nspec: {source: {url: "https://example.com/x.git"}}\n`,
      'b.yaml': `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: escalated}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: ServiceAccount, name: ${TENANT}, namespace: ${namespace}}]\n`,
    }),
    { reason: 'Forbidden', says: /tenant/ },
    { serviceAccountName: TENANT },
  ),
  kindOfFiles(
    'power-tenant-elsewhere',
    { 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: planted, namespace: ${CONTROLLER_NAMESPACE}}\n` },
    { reason: 'Forbidden', says: /signet-system/ },
    { serviceAccountName: TENANT },
  ),
  kindOfFiles(
    'secret-into-annotation',
    { 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: leak, annotations: {x: "\${${VICTIM.key}}"}}\n` },
    { reason: 'RenderFailed', says: /shown everywhere/ },
    withVictim,
  ),
  kindOfFiles(
    'secret-into-name',
    { 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "\${${VICTIM.key}}"}\n` },
    { reason: 'RenderFailed', says: /shown everywhere/ },
    withVictim,
  ),
  kindOfFiles(
    'secret-into-error',
    {
      'a.yaml': `apiVersion: v1\nkind: Service\nmetadata: {name: leak}\nspec: {ports: [{port: 80, protocol: "\${${VICTIM.key}}"}], clusterIP: "\${${VICTIM.key}}"}\n`,
    },
    { reason: 'ApplyFailed', says: /Service/, isApplied: true },
    withVictim,
  ),
  kindOfFiles(
    'secret-of-nobody',
    { 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: leak}\ndata: {x: "\${elsewhere}"}\n` },
    { reason: 'RenderFailed', says: /"elsewhere" is not defined/ },
    withVictim,
  ),
  kindOfFiles(
    'substitution-bomb',
    { 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\ndata: {x: "${'${big}'.repeat(20_000)}"}\n` },
    { reason: 'RenderFailed', says: /longer than 1 MiB/ },
    { substitute: { vars: { big: 'x'.repeat(60 * 1024) } } },
  ),
  kindOfFiles(
    'substitution-flood',
    {
      'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flood}\nitems:\n${'- "a${big}"\n'.repeat(200_000)}`,
    },
    { reason: 'RenderFailed', says: /longer than 4 MiB/ },
    { substitute: { vars: { big: 'x'.repeat(60 * 1024) } } },
  ),
  kindOfFiles(
    'substitution-undefined',
    {
      'a.yaml': `${Array.from(
        { length: 2_000 },
        (_, index) =>
          `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${index}}\ndata:\n${Array.from({ length: 20 }, (_unused, key) => `  k${key}: \${none}\n`).join('')}`,
      ).join('---\n')}---\n${'#'.repeat(4 * MIB)}`,
    },
    { reason: 'RenderFailed', says: /"none" is not defined/ },
    { substitute: { vars: { big: 'x' } } },
  ),
  kindOfFiles(
    'sealed-garbage',
    ({ namespace }) => ({
      'a.yaml': `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: garbage, namespace: ${namespace}}\nspec: {encryptedData: {x: AgAAAA==}}\n`,
    }),
    { reason: 'CannotUnseal', says: /a\.yaml/ },
  ),
  {
    name: 'commit-with-escapes',
    reason: 'Applied',
    says: /1 object/,
    isApplied: true,
    fill: async (repository) => {
      const blob = await writeObject(repository, 'blob', stowaway('commit-with-escapes'));
      const tree = await writeObject(repository, 'tree', rawTree([{ mode: '100644', name: STOWAWAY, oid: blob }]));
      const evil = '\u001b[2J\u001b]0;owned\u0007\u202Eevil\u0085\u009b31m';
      await commitRaw(
        repository,
        `tree ${tree}\nauthor ${evil} <${evil}> 1 +0000\ncommitter ${evil} <c@example.com> 1 +0000\n\n${evil}\r${evil}\n`,
      );
      return undefined;
    },
  },
];
