import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../cli/commands/version-number.ts';
import { NAMESPACE_WIDE_ANNOTATION } from '../../shared/resources/names.ts';
import { readPageLines } from '../support/kubeseal-page.ts';
import { type Answer, type KubesealPair, refuses, startKubesealPair } from '../support/kubeseal-pair.ts';
import { kubesealSamples } from '../support/kubeseal-samples.ts';
import { listenLocally } from '../support/listen-locally.ts';
import { usePeers } from '../support/peers.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { bothRing } from '../support/test-secrets.ts';

const peers = await usePeers('kubeseal');
const LINES = readPageLines().filter(({ section }) => section !== 'With a cluster');
/** kubeseal never ends for this one, so it is not asked. */
const ENDLESS = 'kubeseal --cert cert.pem < trailing.json';

let pair: KubesealPair;
/** Serves a certificate, also to whoever takes it for a proxy. */
let server: Server;

beforeAll(async () => {
  if (!peers.areHere) return;
  server = createServer((request, response) => {
    if (!request.url?.endsWith('/cert.pem')) response.statusCode = 404;
    response.end(response.statusCode === 200 ? FIRST_KEY.certificatePem : 'none');
  });
  const port = await listenLocally(server);
  pair = await startKubesealPair({
    env: { URL: `http://127.0.0.1:${port}` },
    kubeseal: peers.pathOf('kubeseal'),
    samples: await kubesealSamples(),
    keyring: bothRing,
  });
});

afterAll(async () => {
  server?.close();
  await pair?.stop();
});

/** What is better about our answer. Both are opened. */
type Expectation = (ours: Answer, theirs: Answer) => void;

/** Without the owner, the Secret is the same. */
const canBeApplied: Expectation = (ours, theirs) => {
  expect(ours).toMatchObject({ code: 0, stderr: '' });
  const withoutOwner = (text: string): string =>
    text
      .replace(/\n {4}"ownerReferences": \[[^\]]*\],?/, '')
      .replace(/\n {2}ownerReferences:\n( {2}[- ] .*\n)+/, '\n')
      .replace(/,(\s*\})/g, '$1');
  expect(withoutOwner(theirs.stdout)).toBe(ours.stdout);
  expect(theirs.stdout + (theirs.files['out.yaml']?.content ?? '')).toContain('uid');
  const file = theirs.files['out.yaml'];
  if (file !== undefined) {
    expect(ours.files).toEqual({ 'out.yaml': { ...file, content: withoutOwner(file.content) } });
  }
};

const saysOurVersion: Expectation = (ours, theirs) => {
  expect(ours).toEqual({ ...theirs, stdout: `kubeseal version: v${VERSION}\n` });
};

/** The flags, their kinds and defaults are compared; the words about them are not. */
const sameFlags: Expectation = (ours, theirs) => expect(ours).toEqual(theirs);

const seals =
  (item: string): Expectation =>
  (ours) => {
    expect(ours).toMatchObject({ code: 0, stderr: '', files: {} });
    expect(ours.stdout).toContain(item);
  };

const mergesYaml: Expectation = (ours, theirs) => {
  expect(ours).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const content = ours.files['sealed.yaml']?.content ?? '';
  expect(content).toMatch(/^# sealed for the shop\napiVersion: /);
  expect(content).toMatch(/\n {4}extra: <strict shop\/db: 6e6577>\n {4}password: <strict shop\/db: 6368616e676564>\n/);
  expect(content).toMatch(/\n# the end\n$/);
  expect(theirs.files['sealed.yaml']?.content).not.toContain('# ');
};

const BETTER: Readonly<Record<string, Expectation>> = {
  'kubeseal --cert cert.pem --scope strict < annotated.yaml': (ours) => {
    seals('"a": "<strict shop/db: 78>"')(ours, ours);
    expect(ours.stdout).not.toContain('cluster-wide');
  },
  'kubeseal --cert cert.pem < managed.yaml': (ours, theirs) => {
    seals('"a": "<strict shop/db: 78>"')(ours, theirs);
    expect(theirs.stdout).toContain('managedFields');
    expect(ours.stdout).not.toContain('managedFields');
  },
  'kubeseal --cert cert.pem < list.yaml': seals('"a": "<strict shop/db: 78>"'),
  'kubeseal --cert cert.pem --raw --namespace shop --name db -f value.txt': (ours, theirs) => {
    expect(theirs.stdout).toBe('<strict shop/db: >');
    expect(ours.stdout).toBe('<strict shop/db: 68756e746572320a>');
  },
  'kubeseal --cert cert.pem --merge-into sealed.yaml < more.yaml': mergesYaml,
  'kubeseal --cert cert.pem --merge-into sealed.yaml -o yaml < more.yaml': mergesYaml,
  'kubeseal --cert cert.pem --merge-into sealed-plain.json < more.yaml': (ours, theirs) => {
    expect(theirs.stderr).toMatch(/^panic: /);
    expect(ours).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(ours.files['sealed-plain.json']?.content).toContain('"extra": "<strict shop/db: 6e6577>"');
    expect(ours.files['sealed-plain.json']?.content).toContain('"also": "2"');
  },
  'kubeseal --cert cert.pem --merge-into sealed-cluster.json < more.yaml': (ours, theirs) => {
    const content = ours.files['sealed-cluster.json']?.content;
    expect(content).toMatch(/"extra": "<cluster-wide .*: 6e6577>"/);
    expect(theirs.files['sealed-cluster.json']?.content).toContain('"extra": "<strict shop/db: 6e6577>"');
    expect(content).not.toContain(NAMESPACE_WIDE_ANNOTATION);
  },
  'kubeseal --cert cert.pem --merge-into sealed.json --scope cluster-wide < more.yaml': refuses(
    /^error: cannot merge with --scope cluster-wide: sealed\.json is strict\n/,
  ),
  'kubeseal --cert cert.pem --merge-into sealed.json -o yaml < two.yaml': refuses(/^error: cannot merge 2 Secrets/),
  'kubeseal --recovery-unseal --recovery-private-key key.pem < sealed.json': canBeApplied,
  'kubeseal --recovery-unseal --recovery-private-key wrong.pem,key.pem -o yaml < sealed.yaml': canBeApplied,
  'kubeseal --recovery-unseal --recovery-private-key wrong.pem --recovery-private-key keys.yaml -f sealed.json':
    canBeApplied,
  'kubeseal --recovery-unseal --recovery-private-key keys.yaml --kubeconfig nonsense.txt -w out.yaml < sealed.json':
    canBeApplied,
  'kubeseal --recovery-unseal --recovery-private-key key.pem < sealed-old.json': canBeApplied,
  'kubeseal --recovery-unseal --recovery-private-key key.pem < sealed-template.json': canBeApplied,
  'HTTP_PROXY="$URL" kubeseal --fetch-cert --cert http://certs.example.com/cert.pem': (ours, theirs) => {
    expect({ ...ours, stderr: '' }).toEqual(theirs);
    expect(theirs.stdout).toBe(FIRST_KEY.certificatePem);
    expect(ours.stderr).toMatch(/^warning: the certificate came over plain http from http:\/\/certs\.example\.com/);
  },
  'kubeseal --cert elliptic.pem < secret.yaml': refuses(/^error: expected RSA public key but found /),
  'kubeseal --cert weak.pem < secret.yaml': refuses(/^error: cannot seal with certificate .* 1024 bits/),
  'kubeseal --fetch-cert --cert nonsense.txt': refuses(/^error: data does not contain any valid /),
  'kubeseal --cert cert.pem -f missing.yaml': refuses(
    /^error: Could not read file specified with --secret-file: open missing\.yaml: no such file or directory\n$/,
  ),
  'kubeseal --cert cert.pem < configmap.yaml': refuses(/cannot seal ConfigMap "shop\/db": it is not a Secret/),
  'kubeseal --cert cert.pem < sealed.json': refuses(/hint: it is sealed already/),
  'kubeseal --cert cert.pem < broken.yaml': refuses(/^error: cannot parse stdin: line \d+: /),
  [ENDLESS]: refuses(/^error: cannot parse stdin: line 1: /),
  'kubeseal --cert cert.pem < typo.yaml': refuses(/stringdata is no field of a Secret/),
  'kubeseal --cert cert.pem < unquoted.yaml': (ours, theirs) => {
    expect(theirs.stdout).toContain(`<strict shop/db: ${Buffer.from('511').toString('hex')}>`);
    refuses(/stringData\.mode is a number, expected text/)(ours);
  },
  'SEALED_SECRETS_ALLOW_EMPTY_DATA=yes kubeseal --cert cert.pem < secret.yaml': (ours, theirs) => {
    expect({ ...ours, stderr: '' }).toEqual(theirs);
    expect(ours.stderr).toMatch(/^warning: ignoring SEALED_SECRETS_ALLOW_EMPTY_DATA: invalid argument "yes" /);
  },
  'kubeseal --version': saysOurVersion,
  'kubeseal --version --fetch-cert': saysOurVersion,
  'kubeseal --help': sameFlags,
  'kubeseal -h': sameFlags,
  'kubeseal --rotate --version': (ours, theirs) => {
    expect(ours.stdout).toBe(`kubeseal version: v${VERSION}\n`);
    expect(theirs.stdout.startsWith(ours.stderr)).toBe(true);
  },
};

describe('every kubeseal command line of docs/kubeseal.md gives the same answer from both programs', () => {
  test.each(LINES.filter(({ answer }) => answer === 'same'))('$line', async ({ line }) => {
    const { theirs, ours } = await pair.run(line);
    expect(await pair.open(ours)).toEqual(await pair.open(theirs));
  });
});

describe('command lines of docs/kubeseal.md with a better answer', () => {
  const better = LINES.filter(({ answer }) => answer === 'better').map(({ line }) => line);

  test('all have an expectation, and no expectation is without a line', () => {
    expect(Object.keys(BETTER).sort()).toEqual(better.toSorted());
  });

  test.each(better)('%s', async (line) => {
    const ours = await pair.open(await pair.runOurs(line));
    const theirs = line === ENDLESS ? ours : await pair.open(await pair.runTheirs(line));
    BETTER[line]?.(ours, theirs);
  });
});
