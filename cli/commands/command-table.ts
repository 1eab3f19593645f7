/** @module Every verb of `signet`, in the order of the help. A verb's code is loaded when it is called. */
import type { DeclareCommand } from '../options/invoke.ts';

/** One verb: what the overview says of it, and how to get the rest. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<DeclareCommand>;
}

/** All verbs. */
export const COMMAND_TABLE: readonly CommandEntry[] = [
  {
    name: 'seal',
    summary: 'turn Secrets into SealedSecrets that can be committed',
    load: async () => (await import('./seal.ts')).declareSeal,
  },
  {
    name: 'unseal',
    summary: 'turn SealedSecrets back into Secrets, offline, with private keys',
    load: async () => (await import('./unseal.ts')).declareUnseal,
  },
  {
    name: 'cert',
    summary: "fetch, show or pin the cluster's certificates",
    load: async () => (await import('./cert.ts')).declareCert,
  },
  {
    name: 'rotate',
    summary: 'have the controller make a new sealing key',
    load: async () => (await import('./rotate.ts')).declareRotate,
  },
  {
    name: 'sync',
    summary: 'plan, watch and hurry what is synced from Git',
    load: async () => (await import('./sync.ts')).declareSync,
  },
  {
    name: 'version',
    summary: 'show the version',
    load: async () => (await import('./version.ts')).declareVersion,
  },
];
