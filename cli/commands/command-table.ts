/** @module Every verb of `signet`, in the order of the help. A verb's code is loaded when it is called. */
import type { DeclareCommand } from '../options/invoke.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import type { Io } from '../terminal/io.ts';

/** A command line of its own: it gets its words as they are, and does everything itself. It never rejects. */
export type RunWords = (words: readonly string[], io: Io, programName: string) => Promise<ExitCode>;

/** One verb: what the overview says of it, and how to get the rest. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Absent for a verb that {@link CommandEntry.loadWhole} runs. */
  load?(): Promise<DeclareCommand>;
  loadWhole?(): Promise<RunWords>;
}

/** All verbs. */
export const COMMAND_TABLE: readonly CommandEntry[] = [
  {
    name: 'seal',
    summary: 'turn Secrets into SealedSecrets that can be committed',
    load: async () => (await import('./seal.ts')).declareSeal,
  },
  {
    name: 'set',
    summary: 'seal one value into a file, typed at a prompt or piped in',
    load: async () => (await import('./set.ts')).declareSet,
  },
  {
    name: 'unset',
    summary: 'take values out of a SealedSecret in a file',
    load: async () => (await import('./unset.ts')).declareUnset,
  },
  {
    name: 'rename',
    summary: 'give a sealed value another key',
    load: async () => (await import('./rename.ts')).declareRename,
  },
  {
    name: 'edit',
    summary: 'fill in values of a SealedSecret in your editor',
    load: async () => (await import('./edit.ts')).declareEdit,
  },
  {
    name: 'unseal',
    summary: 'turn SealedSecrets back into Secrets, offline, with private keys',
    load: async () => (await import('./unseal.ts')).declareUnseal,
  },
  {
    name: 'reseal',
    summary: 'encrypt SealedSecrets again, to the newest key',
    load: async () => (await import('./reseal.ts')).declareReseal,
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
    name: 'keys',
    summary: 'list, retire, back up and restore the sealing keys',
    load: async () => (await import('./keys.ts')).declareKeys,
  },
  {
    name: 'sync',
    summary: 'plan, watch and hurry what is synced from Git',
    load: async () => (await import('./sync.ts')).declareSync,
  },
  {
    name: 'check',
    summary: 'ask whether an installation keeps the principles of OpenGitOps',
    load: async () => (await import('./check.ts')).declareCheck,
  },
  {
    name: 'kubeseal',
    summary: "kubeseal's own command line: signet kubeseal --help",
    loadWhole: async () => (await import('./kubeseal.ts')).kubeseal,
  },
  {
    name: 'version',
    summary: 'show the version',
    load: async () => (await import('./version.ts')).declareVersion,
  },
];
