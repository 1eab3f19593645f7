/** @module `signet rotate`: asks the controller for a new sealing key and waits for it. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { MAX_CLOCK_SKEW_MS } from '../../shared/resources/clock-skew.ts';
import type { SealingKeyEntry } from '../../shared/resources/key-list.ts';
import { REQUESTS_CONFIG_MAP, ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { type Cluster, withCluster } from '../connect/cluster.ts';
import { type FoundKeyList, findKeyList, getKeyList } from '../connect/key-lists.ts';
import { fetchCertificates } from '../connect/known-certificates.ts';
import { findPinnedFile } from '../connect/pinned-certificates.ts';
import { waitFor } from '../connect/wait-for.ts';
import { readSealedObjects } from '../manifests/sealed-objects.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { collect } from '../options/collect.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { CliError, LocatedError, throwIfAny } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { pin } from './cert-fetch.ts';
import { writeResult } from './write-result.ts';

/** What `signet rotate` can be told. */
interface RotateOptions extends ControllerNamespaceOptions, WaitOptions {
  readonly reseal?: readonly string[];
}

const EXAMPLES: readonly Example[] = [
  ['Make a new sealing key; the old ones go on opening what was sealed to them', 'signet rotate'],
  ['Then pin its certificate in the repository', 'signet cert --pin'],
  [
    'All of it: a new key, pinned, and every SealedSecret of a folder encrypted to it',
    'signet rotate --reseal deploy/',
  ],
];

/** Declares `signet rotate`. */
export const declareRotate: DeclareCommand = (command, invoke) => {
  addControllerNamespaceOptions(command);
  command.option(
    '--reseal <path>',
    'then pin the new certificate if the repository pins, and reseal this file or directory; may be repeated',
    collect,
  );
  addExamples(addWaitOptions(command, '2m'), EXAMPLES);
  command.action((options: RotateOptions) => invoke((session) => rotate(options, session)));
};

/**
 * Find the controller, ask, wait for a key that answers, pin and reseal if that was asked for, print the key's fingerprint. An interrupt
 * leaves the request standing.
 */
async function rotate(options: RotateOptions, session: Session): Promise<ExitCode> {
  // Looked at before a key is made: what cannot be read then would be left behind.
  if (options.reseal !== undefined) await assertReadable(session, options.reseal);
  const key = await withCluster(session, options, async (cluster) => {
    const found = await getKeyList(cluster, options, 'cannot be asked for a key');
    assertMakesKeys(found);
    if (options.reseal !== undefined) await assertReachable(cluster, options);
    const requestedAt = await request(session, cluster, { namespace: found.namespace, keys: found.list.keys });
    session.report.note(
      `asked the controller in ${found.namespace} for a new key at ${requestedAt.toISOString()}; waiting`,
    );
    const answer = await waitFor(session.io, options.timeout, () => findAnswer(cluster, found.namespace, requestedAt));
    if (answer === null) throw noAnswer(found.namespace, requestedAt, options.timeout);
    return answer;
  });
  session.report.note(`the new key is Secret ${key.secret}, valid until ${key.notAfter}`);
  if (options.reseal !== undefined) await pinAndReseal(options.reseal, options, session);
  else if (findPinnedFile(session.io.cwd) !== null) {
    session.report.note('this repository pins its certificates: run `signet cert --pin` to seal to the new one');
  }
  await writeResult(session, { text: `${key.fingerprint}\n`, file: undefined, access: 'public' });
  return EXIT.done;
}

async function assertReadable(session: Session, names: readonly string[]): Promise<void> {
  const { errors } = await readSealedObjects(session, names);
  throwIfAny(errors, 'no key was asked for, and nothing was resealed');
}

/** Reading keys and asking for one take other rights than reaching the Service does. @throws LocatedError */
async function assertReachable(cluster: Cluster, options: RotateOptions): Promise<void> {
  const { findController } = await import('../connect/find-controller.ts');
  try {
    await findController(cluster, controllerOf(options));
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const hint = 'leave out --reseal to make a key all the same, and reseal with --private-key';
    throw new LocatedError('no key was asked for', error, hint);
  }
}

/** In this order, so that whoever is interrupted in between seals to the new key already. */
async function pinAndReseal(names: readonly string[], options: RotateOptions, session: Session): Promise<void> {
  if (findPinnedFile(session.io.cwd) !== null) await pin(session, await fetchCertificates(session, options));
  const { reseal } = await import('./reseal.ts');
  await reseal({ ...controllerOf(options), file: names }, session);
}

/** Only what says which controller is meant: the other options of the two verbs are not each other's. */
function controllerOf({ kubeconfig, context, controllerNamespace }: RotateOptions): ControllerNamespaceOptions {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(controllerNamespace === undefined ? {} : { controllerNamespace }),
  };
}

async function request(
  { io }: Session,
  { client }: Cluster,
  { namespace, keys }: { readonly namespace: string; readonly keys: readonly SealingKeyEntry[] },
): Promise<Date> {
  const place = { namespace, name: REQUESTS_CONFIG_MAP };
  try {
    const requests = await client.get(CONFIG_MAPS, place);
    const last = requests === null ? undefined : annotationOf(requests.metadata, ROTATE_REQUESTED_ANNOTATION);
    const at = laterThan(io.now(), [last, ...keys.map((key) => key.rotateRequestedAt)]);
    const annotations = { [ROTATE_REQUESTED_ANNOTATION]: at.toISOString() };
    await client.mergePatch(CONFIG_MAPS, place, { metadata: { annotations } });
    return at;
  } catch (error) {
    if (!isKubeError(error, 'KUBE_NOT_FOUND', 'KUBE_FORBIDDEN')) throw error;
    throw new LocatedError(`cannot ask for a rotation through ConfigMap ${namespace}/${REQUESTS_CONFIG_MAP}`, error);
  }
}

/**
 * `now`, or an instant after every one of `earlier`: only a later value is a new request, and clocks may differ. What is too far ahead
 * for that no controller has answered, nor would it answer anything later.
 */
function laterThan(now: Date, earlier: readonly (string | undefined)[]): Date {
  const latest = now.getTime() + MAX_CLOCK_SKEW_MS;
  const instants = earlier.map((text) => Date.parse(text ?? '')).filter((instant) => instant < latest);
  return new Date(Math.max(now.getTime(), ...instants.map((instant) => instant + 1)));
}

async function findAnswer(cluster: Cluster, namespace: string, requestedAt: Date): Promise<SealingKeyEntry | null> {
  const found = await findKeyList(cluster, { controllerNamespace: namespace });
  const isAnswer = ({ rotateRequestedAt = '' }: SealingKeyEntry): boolean => {
    const aheadMs = Date.parse(rotateRequestedAt) - requestedAt.getTime();
    return aheadMs >= 0 && aheadMs <= MAX_CLOCK_SKEW_MS;
  };
  return found?.list.keys.find(isAnswer) ?? null;
}

/** A controller that may make no first key answers no request: waiting for it would be in vain. */
function assertMakesKeys({ namespace, list }: FoundKeyList): void {
  if (list.problem === undefined || list.keys.some((key) => key.state === 'active')) return;
  throw new CliError('CLI_CONTROLLER_FAILED', `the controller in ${namespace} makes no key: ${list.problem}`, {
    hint: 'bring a key first, for example with `signet keys restore`',
  });
}

function noAnswer(namespace: string, requestedAt: Date, timeoutMs: number): CliError {
  return new CliError(
    'CLI_TIMED_OUT',
    `no new key after ${timeoutMs / 1000} s: the controller has not answered the request of ${requestedAt.toISOString()}`,
    {
      hint: `look at its log with \`kubectl -n ${namespace} logs deploy/signet-controller\`; the request stands, and \`signet cert show\` will show the key`,
    },
  );
}
