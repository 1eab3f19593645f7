/** @module `signet keys unretire`: puts a retired sealing key back into use. */
import { withCluster } from '../connect/cluster.ts';
import { findKey } from '../connect/find-key.ts';
import { getKeyList } from '../connect/key-lists.ts';
import { awaitRetirement, labelKey, readKeySecret } from '../connect/relabel-key.ts';
import { addControllerNamespaceOptions, type ControllerNamespaceOptions } from '../options/cluster-options.ts';
import { addExamples, type Example } from '../options/examples.ts';
import type { DeclareCommand } from '../options/invoke.ts';
import { addWaitOptions, type WaitOptions } from '../options/wait-options.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';

/** What `signet keys unretire` can be told. */
interface KeysUnretireOptions extends ControllerNamespaceOptions, WaitOptions {}

const EXAMPLES: readonly Example[] = [
  ['Open again what was sealed to a key that was retired too early', 'signet keys unretire SHA256:mK3vXq0eTn1z'],
];

/** Declares `signet keys unretire`. */
export const declareKeysUnretire: DeclareCommand = (command, invoke) => {
  command.argument('<key>', 'fingerprint of the key, its first 8 characters or more, or the name of its Secret');
  addControllerNamespaceOptions(addWaitOptions(command, '1m'));
  addExamples(command, EXAMPLES);
  command.action((key: string, options: KeysUnretireOptions) =>
    invoke((session) => unretireKey(key, options, session)),
  );
};

/** Find the key, relabel its Secret, wait for the controller. */
async function unretireKey(name: string, options: KeysUnretireOptions, session: Session): Promise<ExitCode> {
  return withCluster(session, options, async (cluster) => {
    const { namespace, list } = await getKeyList(cluster, options, 'does not know what needs a key');
    const key = findKey(list, name);
    if (key.state !== 'retired') {
      session.report.note(`${key.fingerprint} is in use`);
      return EXIT.done;
    }
    await labelKey(cluster, await readKeySecret(cluster, { namespace, key }), null);
    await awaitRetirement(cluster, session.io, { namespace, key, isRetired: false, timeoutMs: options.timeout });
    session.report.note(`${key.fingerprint} is in use again`);
    return EXIT.done;
  });
}
