import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { checkReceipt, keysByItem } from '../../shared/sealing/check-receipt.ts';
import { type Receipt, readReceipt } from '../../shared/sealing/receipt.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { startPeerController } from '../peers/peer-controller.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { exposeController } from '../support/expose-controller.ts';
import { usePeers } from '../support/peers.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';
import { firstCertificate, secretOf } from '../support/test-secrets.ts';

const peers = await usePeers('sealed-secrets-controller');
const OURS = ['--controller-namespace', 'signet-system'];
const THEIRS = ['--controller-namespace', 'kube-system', '--controller-name', 'sealed-secrets-controller'];

let cluster: SignetCluster;
let controller: ControllerProcess;
/** Kubeconfig of an account without any rights of its own. */
let nobody: string;

beforeAll(async () => {
  if (!peers.areHere) return;
  cluster = await startSignetCluster();
  controller = await cluster.startController({ flags: ['--key-size', '2048', '--no-sync'] });
  await startPeerController({
    access: cluster.controlPlane,
    binary: peers.pathOf('sealed-secrets-controller'),
    namespace: 'kube-system',
    flags: ['--key-size=2048', '--kubeclient-qps=-1'],
  });
  nobody = await eventually(() => cluster.controlPlane.serviceAccountKubeconfig('default', 'default'));
  await controller.ready();
  await exposeController(cluster.controlPlane, 'signet-system', controller);
});

afterAll(() => cluster?.stop());

function run(cwd: string, argv: readonly string[], place: readonly string[] = OURS) {
  return runCli([...argv, '--kubeconfig', cluster.controlPlane.kubeconfigPath, ...place], { cwd });
}

async function certificateOf(cwd: string, place: readonly string[]): Promise<SealingCertificate> {
  const { stdout, stderr } = await run(cwd, ['cert', 'fetch'], place);
  expect(stderr).not.toContain('error');
  return readCertificate(stdout);
}

interface Sample {
  readonly certificate: SealingCertificate;
  readonly receipt?: boolean;
}

/** A file as people keep it, with a template that must never be rendered. */
async function fileText(name: string, { certificate, receipt = true }: Sample): Promise<string> {
  const secret = secretOf({ user: `${name} u`, word: `${name} w` }, { metadata: { name, namespace: 'shop' } });
  const { metadata, spec } = await sealSecret(secret, { certificate, receipt });
  const { user, word } = spec.encryptedData;
  const text = metadata.annotations?.['signet.dev/receipt'];
  return `# ${name}
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret   # sealed
metadata:
  name: "${name}"
  namespace: shop
  labels: {app: shop}
  annotations:
    note: 'kept'
${text === undefined ? '' : `    signet.dev/receipt: '${text}'\n`}spec:
  template:
    metadata: {labels: {tier: db}, annotations: {sealedsecrets.bitnami.com/managed: "true"}}
    data:
      url: '{{ fail "never rendered" }}'
  encryptedData:
    # who
    user: ${user}
    word: "${word}"   # what
---
kind: ConfigMap
apiVersion: v1
metadata: {name: ${name}}
`;
}

/** Numbers of the lines that differ. */
function changedLines(before: string, after: string): readonly number[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  expect(now.length).toBe(old.length);
  return now.flatMap((line, at) => (line === old[at] ? [] : [at + 1]));
}

function sealedIn(text: string): SealedSecret {
  return parseDocuments(text)[0]?.value as SealedSecret;
}

test('the controller of sealed-secrets encrypts again, and nothing but values changes in the file', async () => {
  await withTempFolder(async (folder) => {
    const certificate = await certificateOf(folder, THEIRS);
    const before = await fileText('theirs', { certificate, receipt: false });
    await writeFile(path.join(folder, 'app.yaml'), before);
    const { code, stderr } = await run(folder, ['reseal', 'app.yaml'], THEIRS);
    expect(stderr).toContain('signet: resealed 1 SealedSecret in 1 file; 0 did not need it\n');
    expect(code).toBe(0);
    const after = await readFile(path.join(folder, 'app.yaml'), 'utf8');
    expect(changedLines(before, after)).toEqual([17, 18]);
    // What it wrote is what it opens.
    expect((await run(folder, ['reseal', 'app.yaml', '--receipt'], THEIRS)).code).toBe(0);
    const receipt = readReceipt(sealedIn(await readFile(path.join(folder, 'app.yaml'), 'utf8')).metadata) as Receipt;
    expect([...receipt.items.values()].map(({ fingerprint }) => fingerprint)).toEqual([
      certificate.fingerprint,
      certificate.fingerprint,
    ]);
  });
});

test('an object that is larger than the controller takes at once is resealed in parts, and one value that is, is refused', async () => {
  await withTempFolder(async (folder) => {
    const certificate = await certificateOf(folder, OURS);
    const metadata = { name: 'large', namespace: 'shop' };
    const values = { a: 'a'.repeat(500_000), b: 'b'.repeat(500_000), c: 'c' };
    const large = await sealSecret(secretOf(values, { metadata }), { certificate });
    await writeFile(path.join(folder, 'large.json'), JSON.stringify(large));
    const resealed = await run(folder, ['reseal', 'large.json', '--all']);
    expect(resealed.stderr).toContain('signet: resealed 1 SealedSecret in 1 file; 0 did not need it\n');
    const after = sealedIn(await readFile(path.join(folder, 'large.json'), 'utf8'));
    expect(Object.keys(after.spec.encryptedData)).toEqual(['a', 'b', 'c']);
    for (const [key, value] of Object.entries(large.spec.encryptedData)) {
      expect(after.spec.encryptedData[key]).toHaveLength(value.length);
      expect(after.spec.encryptedData[key] === value).toBe(false);
    }
    expect(await checkReceipt(after, readReceipt(after.metadata) as Receipt)).toEqual([]);
    const huge = await sealSecret(secretOf({ huge: 'x'.repeat(1_000_000) }, { metadata }), { certificate });
    await writeFile(path.join(folder, 'huge.json'), JSON.stringify(huge));
    const refused = await run(folder, ['reseal', 'huge.json', '--all']);
    expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('item "huge" is above the 1 MiB')]);
    const named = [...OURS, '--controller-name', 'signet-controller'];
    const validated = await runCli(
      ['kubeseal', '--validate', '--kubeconfig', cluster.controlPlane.kubeconfigPath, ...named],
      {
        cwd: folder,
        stdin: JSON.stringify(large),
      },
    );
    expect([validated.code, validated.stderr]).toEqual([
      1,
      expect.stringContaining('HTTP 413: it takes 1 MiB at once'),
    ]);
  });
});

test('rotate --reseal makes a key, pins it and brings a repository to it, leaving everything else alone', async () => {
  await withTempFolder(async (folder) => {
    await mkdir(path.join(folder, 'deploy', 'inner'), { recursive: true });
    expect((await run(folder, ['cert', 'fetch', '--pin'])).code).toBe(0);
    const old = await certificateOf(folder, OURS);
    const files = new Map<string, string>();
    for (const [name, receipt] of [
      ['one', true],
      ['inner/two', false],
    ] as const) {
      files.set(name, await fileText(path.basename(name), { certificate: old, receipt }));
      await writeFile(path.join(folder, 'deploy', `${name}.yaml`), files.get(name) ?? '');
    }
    const rotated = await run(folder, ['rotate', '--reseal', 'deploy', '--timeout', '60s']);
    expect(rotated.stderr).toContain('signet: resealed 2 SealedSecrets in 2 files; 0 did not need it\n');
    expect(rotated.code).toBe(0);
    const fresh = await certificateOf(folder, OURS);
    expect(rotated.stdout).toBe(`${fresh.fingerprint}\n`);
    expect(fresh.fingerprint).not.toBe(old.fingerprint);
    expect(await readFile(path.join(folder, '.signet', 'keys.pem'), 'utf8')).toContain(
      `${fresh.fingerprint} (sealed to`,
    );

    const one = await readFile(path.join(folder, 'deploy', 'one.yaml'), 'utf8');
    expect(changedLines(files.get('one') ?? '', one)).toEqual([10, 18, 19]);
    const receipt = readReceipt(sealedIn(one).metadata) as Receipt;
    expect(await checkReceipt(sealedIn(one), receipt)).toEqual([]);
    expect(new Set((await keysByItem(sealedIn(one), receipt)).values())).toEqual(new Set([fresh.fingerprint]));
    const two = await readFile(path.join(folder, 'deploy', 'inner', 'two.yaml'), 'utf8');
    expect(changedLines(files.get('inner/two') ?? '', two)).toEqual([17, 18]);

    // Offline: one is known to be current, of the other nothing is known.
    const check = await runCli(['reseal', '--check', 'deploy'], { cwd: folder });
    expect([check.code, check.stdout]).toEqual([0, '']);
    expect(check.stderr).toContain('two.yaml:2: document 1: SealedSecret "shop/two": it has no receipt');
    expect(check.stderr).toContain('1 of 2 SealedSecrets are known to be sealed to the newest key');
    await writeFile(path.join(folder, 'deploy', 'one.yaml'), files.get('one') ?? '');
    const stale = await runCli(['reseal', '--check', 'deploy'], { cwd: folder });
    expect(stale.code).toBe(1);
    expect(stale.stdout).toBe(
      `deploy/one.yaml:2: document 1: SealedSecret "shop/one": sealed to the older key ${old.fingerprint} (user, word)\n`,
    );
  });
});

test('an object that the controller cannot open is named and stays, and the others are resealed', async () => {
  await withTempFolder(async (folder) => {
    const certificate = await certificateOf(folder, OURS);
    const good = await fileText('good', { certificate, receipt: false });
    const moved = (await fileText('bad', { certificate })).replace('name: "bad"', 'name: "worse"');
    const foreign = await fileText('foreign', { certificate: firstCertificate });
    for (const [name, text] of Object.entries({ good, moved, foreign })) {
      await writeFile(path.join(folder, `${name}.yaml`), text);
    }
    const { code, stderr } = await run(folder, ['reseal', '--all', '.']);
    expect(code).toBe(5);
    expect(stderr).toContain(
      'cannot reseal foreign.yaml:2: document 1: SealedSecret "shop/foreign": the controller cannot open it',
    );
    expect(stderr).toMatch(
      /SealedSecret "shop\/worse": the controller cannot .*sealed for name "bad", the object is "worse"/,
    );
    expect(stderr).toContain('2 SealedSecrets could not be resealed and stayed as before');
    expect(await readFile(path.join(folder, 'moved.yaml'), 'utf8')).toBe(moved);
    expect(await readFile(path.join(folder, 'foreign.yaml'), 'utf8')).toBe(foreign);
    expect(changedLines(good, await readFile(path.join(folder, 'good.yaml'), 'utf8'))).toEqual([17, 18]);
  });
});

test('more objects than the controller lets through at once all get there, for anybody with an account', async () => {
  await withTempFolder(async (folder) => {
    const certificate = await certificateOf(folder, OURS);
    const count = 160;
    const text = await fileText('many', { certificate, receipt: false });
    for (let at = 0; at < count; at += 1) await writeFile(path.join(folder, `${at}.yaml`), text);
    const { code, stderr } = await runCli(['reseal', '.', '--kubeconfig', nobody], { cwd: folder });
    expect(stderr).toContain(`resealed ${count} SealedSecrets in ${count} files; 0 did not need it`);
    expect(code).toBe(0);
  });
});

test('a file that cannot be read stops everything before the first request', async () => {
  await withTempFolder(async (folder) => {
    const good = await fileText('good', { certificate: firstCertificate });
    await writeFile(path.join(folder, 'good.yaml'), good);
    await writeFile(path.join(folder, 'broken.yaml'), 'kind: SealedSecret\n\t- x\n');
    const { code, stderr } = await run(folder, ['reseal', '.']);
    expect(code).toBe(3);
    expect(stderr).toContain('nothing was resealed, and nothing written');
    expect(stderr).not.toContain('the newest key');
  });
});
