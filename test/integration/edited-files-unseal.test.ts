import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { eventually } from '../support/eventually.ts';
import { encoded, keySecret } from '../support/key-secret.ts';
import { contentsOf } from '../support/live-secrets.ts';
import { PEER_NAMESPACE, type PeerCluster, startPeerCluster } from '../support/peer-cluster.ts';
import { usePeers } from '../support/peers.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { createUnsealWorld } from '../support/unseal-world.ts';

/** What the edits below come to. */
const VALUES = { kept: 'as it was', password: 'two', renamed: 'bytes\u0000\n', token: 'from an editor', user: 'set' };

const EDITOR = `printf 'password: ""\\nrenamed: ""\\nkept: ""\\nuser: ""\\ntoken: from an editor\\n' > "$1"\n`;

/** A file that each of the editing verbs has changed once, sealed to `certificatePem`. */
function editedFile(namespace: string, certificatePem: string): Promise<SealedSecret> {
  return withTempFolder(async (cwd) => {
    const write = (name: string, content: string): Promise<void> => writeFile(path.join(cwd, name), content);
    await write('cert.pem', certificatePem);
    await write('editor.sh', EDITOR);
    await write('value', 'bytes\u0000\n');
    const run = async (argv: readonly string[], stdin = ''): Promise<void> => {
      const result = await runCli([...argv, '--object', 'edited'], { cwd, stdin, env: { EDITOR: 'sh editor.sh' } });
      expect(result, result.stderr).toMatchObject({ code: 0, stdout: '' });
    };
    const secret = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'edited', namespace },
      stringData: { gone: 'x', kept: 'as it was', password: 'one', token: 'y', user: 'old' },
    });
    const sealed = await runCli(['seal', '--cert', 'cert.pem'], { cwd, stdin: secret });
    await write('app.yaml', `# the application\n${sealed.stdout}---\n# and its settings\nkind: ConfigMap\n`);
    const cert = ['--cert', 'cert.pem'];
    await run(['set', 'app.yaml', 'password', ...cert], 'two');
    await run(['set', 'app.yaml', 'binary', '--from-file', 'value', ...cert]);
    await run(['unset', 'app.yaml', 'gone', 'token']);
    await run(['rename', 'app.yaml', 'binary', 'renamed']);
    await run(['set', 'app.yaml', 'user', ...cert], 'set');
    await run(['edit', 'app.yaml', ...cert]);
    const text = await readFile(path.join(cwd, 'app.yaml'), 'utf8');
    expect(text).toMatch(/^# the application\n[\s\S]*\n---\n# and its settings\nkind: ConfigMap\n$/);
    return parseDocuments(text)[0]?.value as SealedSecret;
  });
}

test('a file that was edited value by value opens in the controller of Signet', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await world.create(await editedFile(world.namespace, FIRST_KEY.certificatePem));
  await world.untilValues(VALUES, 'edited');
});

describe('with the controller of sealed-secrets', async () => {
  const peers = await usePeers('sealed-secrets-controller');
  let cluster: PeerCluster;

  beforeAll(async () => {
    if (!peers.areHere) return;
    cluster = await startPeerCluster(peers.pathOf('sealed-secrets-controller'));
    await cluster.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'edited' } });
    await cluster.client.create(SECRETS, keySecret(PEER_NAMESPACE, 'sealed-secrets-key-0', FIRST_KEY));
    await cluster.startPeer();
  });

  afterAll(() => cluster?.stop());

  test('the same edits open there', async () => {
    const { client } = cluster;
    await client.create(SEALED_SECRETS, await editedFile('edited', FIRST_KEY.certificatePem));
    await eventually(
      async () => expect((await contentsOf(client, 'edited'))['edited']?.data).toEqual(encoded(VALUES)),
      { timeoutMs: 45_000, everyMs: 200 },
    );
  });
});
