/** @module The principles of OpenGitOps v1.0.0 and the questions that are asked about each. */

/** The version of the principles. */
export const PRINCIPLES_VERSION = 'OpenGitOps v1.0.0';

/** The principles, by their names. */
export const PRINCIPLES = [
  'Declarative',
  'Versioned and Immutable',
  'Pulled Automatically',
  'Continuously Reconciled',
] as const;

/** One of {@link PRINCIPLES}. */
export type Principle = (typeof PRINCIPLES)[number];

/** Every question by its name, in the order in which answers are shown. */
export const CHECKS = {
  renders: ['Declarative', 'Does the applied commit say all of it as data, with no step that somebody has to run?'],
  inventory: ['Declarative', 'Is everything that is owned written in that commit, and everything written there owned?'],
  secrets: ['Declarative', 'Are the credentials in Git sealed?'],
  commit: ['Versioned and Immutable', 'Is what is applied one commit, known by its full id?'],
  history: ['Versioned and Immutable', 'Does the source still have that commit, in the history of what is followed?'],
  reference: ['Versioned and Immutable', 'Can what is followed change only in ways that are noticed?'],
  signatures: ['Versioned and Immutable', 'Does a revision need a signature?'],
  follows: ['Pulled Automatically', 'Does the controller follow the source by itself?'],
  current: ['Pulled Automatically', 'Is what the source names now in place?'],
  interval: ['Pulled Automatically', 'Is the source looked at often?'],
  answers: ['Pulled Automatically', 'Does the controller answer when it is asked for a look?'],
  ready: ['Continuously Reconciled', 'Did the last reconcile end with everything in place?'],
  equal: ['Continuously Reconciled', 'Are the live objects what the commit renders?'],
  unsealed: ['Continuously Reconciled', 'Are the SealedSecrets open?'],
  prune: ['Continuously Reconciled', 'Does what leaves Git leave the cluster?'],
  drift: ['Continuously Reconciled', 'Are edits of the owned objects undone?'],
  writers: ['Continuously Reconciled', 'Does nobody else write to the owned objects?'],
  repair: ['Continuously Reconciled', 'Is an edit seen to be undone?'],
} as const satisfies Readonly<Record<string, readonly [principle: Principle, question: string]>>;

/** Name of a question. */
export type CheckName = keyof typeof CHECKS;

/** What no look at a cluster and a repository can prove, so that nobody takes its absence for a pass. */
export const NOT_CHECKED: readonly string[] = [
  'who may write to the repository, and whether its host keeps an audit log',
  'whether older commits hold credentials in plain text',
];
