import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import { stringifyYaml } from '../../../../shared/encoding/yaml-output.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { checkReceipt } from '../../../../shared/sealing/check-receipt.ts';
import { readReceipt } from '../../../../shared/sealing/receipt.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { type CliWorld, runCli, withTempFolder } from '../../../support/run-cli.ts';
import { engineMissing } from '../../../support/template-engine.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';
import { firstCertificate, secretOf } from '../../../support/test-secrets.ts';

const SECRET = JSON.stringify(secretOf({ password: 'hunter2' }));

/** Runs `signet kubeseal` in a folder with the first key's certificate and private key. */
function kubeseal(folder: string, argv: readonly string[], world: Omit<CliWorld, 'cwd'> = {}) {
  writeFileSync(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
  writeFileSync(path.join(folder, 'key.pem'), FIRST_KEY.privateKeyPem);
  return runCli(['kubeseal', ...argv], { cwd: folder, ...world });
}

function read(folder: string, name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

describe('signet kubeseal', () => {
  test('takes flags that signet has for itself', async () => {
    await withTempFolder(async (folder) => {
      const { code, stdout } = await kubeseal(folder, ['--version']);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^kubeseal version: v\d+\.\d+\.\d+\n$/)]);
      expect((await kubeseal(folder, ['--help'])).stdout).toMatch(/^Usage of signet kubeseal:\n {6}--add_dir_header /);
      expect((await runCli(['help', 'kubeseal'], { cwd: folder })).stdout).toMatch(/^Usage of signet kubeseal:\n/);
    });
  });

  test('leaves no receipt', async () => {
    await withTempFolder(async (folder) => {
      const { stdout } = await kubeseal(folder, ['--cert', 'cert.pem'], { stdin: SECRET });
      expect(stdout).not.toContain('receipt');
    });
  });

  test('keeps the file of -w when sealing fails, and leaves nothing beside it', async () => {
    await withTempFolder(async (folder) => {
      writeFileSync(path.join(folder, 'out.json'), 'before');
      const { code } = await kubeseal(folder, ['--cert', 'cert.pem', '-w', 'out.json'], { stdin: '{' });
      expect(code).toBe(1);
      expect(read(folder, 'out.json')).toBe('before');
    });
  });

  test('writes the file of -w for its owner only', async () => {
    await withTempFolder(async (folder) => {
      writeFileSync(path.join(folder, 'out.json'), 'before', { mode: 0o644 });
      await kubeseal(folder, ['--cert', 'cert.pem', '-w', 'out.json'], { stdin: SECRET });
      expect(statSync(path.join(folder, 'out.json')).mode & 0o777).toBe(0o600);
    });
  });

  test.each([
    [['--cert', 'cert.pem'], '(tty detected: expecting json/yaml k8s resource in stdin)\n'],
    [
      ['--cert', 'cert.pem', '--raw', '--scope', 'cluster-wide'],
      '(tty detected: expecting a secret to encrypt in stdin)\n',
    ],
  ])('tells a person at a terminal what it waits for: %j', async (argv, hint) => {
    await withTempFolder(async (folder) => {
      const { stderr } = await kubeseal(folder, argv, { stdin: SECRET, stdinIsTty: true });
      expect(stderr).toBe(hint);
    });
  });

  test('says with -v what it seals to', async () => {
    await withTempFolder(async (folder) => {
      const { stderr } = await kubeseal(folder, ['--cert', 'cert.pem', '-v', '1'], { stdin: SECRET });
      expect(stderr).toBe(`sealing to ${firstCertificate.fingerprint}\n`);
    });
  });

  test('shows no control characters of what it was given', async () => {
    await withTempFolder(async (folder) => {
      const { stderr } = await kubeseal(folder, ['--cert', 'a\x1b[31m\nb']);
      expect(stderr).toBe('error: open a\\x1b[31m\nb: no such file or directory\n');
    });
  });

  test('does not seal to an expired certificate', async () => {
    await withTempFolder(async (folder) => {
      const world = { stdin: SECRET, now: () => new Date('2126-03-04T00:00:00Z') };
      const { stderr } = await kubeseal(folder, ['--cert', 'cert.pem'], world);
      expect(stderr).toBe('error: failed to encrypt using an expired certificate on December 8, 2125\n');
    });
  });

  test('takes null in data for an empty value', async () => {
    await withTempFolder(async (folder) => {
      const stdin = JSON.stringify({ ...secretOf({}), data: { a: null, __proto__: null } });
      const { code, stdout } = await kubeseal(folder, ['--cert', 'cert.pem'], { stdin });
      expect(code).toBe(0);
      expect(Object.keys(JSON.parse(stdout).spec.encryptedData)).toEqual(['a']);
    });
  });

  test('refuses a name by which two places would share a label', async () => {
    await withTempFolder(async (folder) => {
      const argv = ['--cert', 'cert.pem', '--raw', '-n', 'shop', '--name', 'a/b'];
      expect((await kubeseal(folder, argv, { stdin: 'x' })).stderr).toBe('error: "a/b" contains a slash\n');
    });
  });
});

describe('the cluster of signet kubeseal', () => {
  test('is that of KUBERNETES_MASTER when there is no kubeconfig', async () => {
    await withTempFolder(async (folder) => {
      const env = { HOME: folder, KUBERNETES_MASTER: 'http://127.0.0.1:1' };
      const { code, stderr } = await kubeseal(folder, ['--fetch-cert'], { env });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^error: cannot get sealed secret service: cannot reach the API server http:\/\/127\.0\.0\.1:1/,
      );
    });
  });

  test('is not asked with a timeout that is none', async () => {
    await withTempFolder(async (folder) => {
      const argv = ['--fetch-cert', '--server', 'http://127.0.0.1:1', '--request-timeout', 'soon'];
      expect((await kubeseal(folder, argv)).stderr).toMatch(/^error: invalid value "soon" for --request-timeout/);
    });
  });

  test('gives a reason when its kubeconfig cannot be used for a namespace', async () => {
    await withTempFolder(async (folder) => {
      writeFileSync(path.join(folder, 'config'), 'kind: [');
      const stdin = JSON.stringify(secretOf({ a: 'x' }, { metadata: { name: 'db' } }));
      const { stderr } = await kubeseal(folder, ['--cert', 'cert.pem', '--kubeconfig', 'config'], { stdin });
      expect(stderr).toMatch(
        /^error: secret must declare a namespace\nhint: name one with -n; the kubeconfig gives none: /,
      );
    });
  });
});

test('signet kubeseal takes the kind of an item from its list', async () => {
  await withTempFolder(async (folder) => {
    const { apiVersion: _version, kind: _kind, ...item } = secretOf({ a: 'x' });
    const seal = (kind: string) =>
      kubeseal(folder, ['--cert', 'cert.pem'], { stdin: JSON.stringify({ apiVersion: 'v1', kind, items: [item] }) });
    expect(await seal('SecretList')).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await seal('ConfigMapList');
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot seal ConfigMap "shop/db": it is not a Secret')]);
  });
});

describe('signet kubeseal --merge-into', () => {
  test('keeps a receipt in step', async () => {
    await withTempFolder(async (folder) => {
      const sealed = await sealSecret(secretOf({ user: 'ada' }), { certificate: firstCertificate });
      writeFileSync(path.join(folder, 'sealed.yaml'), `# kept\n${stringifyYaml(sealed)}`);
      const { code } = await kubeseal(folder, ['--cert', 'cert.pem', '--merge-into', 'sealed.yaml'], { stdin: SECRET });
      expect(code).toBe(0);
      const [document] = parseDocuments(read(folder, 'sealed.yaml'));
      const merged = document?.value as SealedSecret;
      const receipt = readReceipt(merged.metadata);
      expect([...(receipt?.items.keys() ?? [])].sort()).toEqual(['password', 'user']);
      expect(receipt && (await checkReceipt(merged, receipt))).toEqual([]);
    });
  });

  test('keeps a byte-order mark, as everything else of the file', async () => {
    await withTempFolder(async (folder) => {
      const sealed = await sealSecret(secretOf({ user: 'ada' }), { certificate: firstCertificate });
      writeFileSync(path.join(folder, 'sealed.yaml'), `\ufeff# kept\n${stringifyYaml(sealed)}`);
      await kubeseal(folder, ['--cert', 'cert.pem', '--merge-into', 'sealed.yaml'], { stdin: SECRET });
      expect(read(folder, 'sealed.yaml')).toMatch(/^\ufeff# kept\n.*password: /s);
    });
  });

  test('rewrites a text that allows no edit, and says so', async () => {
    await withTempFolder(async (folder) => {
      const sealed = await sealSecret(secretOf({ user: 'ada' }), { certificate: firstCertificate, receipt: false });
      const { encryptedData } = sealed.spec;
      const yaml = `x: &data ${JSON.stringify(encryptedData)}\n`;
      const text = `${stringifyYaml({ ...sealed, spec: {} }).replace('spec: {}\n', '')}${yaml}spec: {encryptedData: *data}\n`;
      writeFileSync(path.join(folder, 'sealed.yaml'), text);
      const { code, stderr } = await kubeseal(folder, ['--cert', 'cert.pem', '--merge-into', 'sealed.yaml'], {
        stdin: SECRET,
      });
      expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning: sealed\.yaml is written anew/)]);
      expect(parseDocuments(read(folder, 'sealed.yaml'))).toMatchObject([
        { value: { spec: { encryptedData: { user: encryptedData['user'], password: expect.any(String) } } } },
      ]);
    });
  });

  test('refuses a second result file, which kubeseal leaves empty', async () => {
    await withTempFolder(async (folder) => {
      const argv = ['--cert', 'cert.pem', '--merge-into', 'a.yaml', '-w', 'b.yaml'];
      const { code, stderr } = await kubeseal(folder, argv, { stdin: SECRET });
      expect([code, stderr]).toEqual([1, 'error: cannot use --sealed-secret-file together with --merge-into\n']);
    });
  });

  test('refuses a file with several SealedSecrets, or with something else', async () => {
    await withTempFolder(async (folder) => {
      const sealed = stringifyYaml(await sealSecret(secretOf({ user: 'ada' }), { certificate: firstCertificate }));
      writeFileSync(path.join(folder, 'two.yaml'), `${sealed}---\n${sealed}`);
      writeFileSync(path.join(folder, 'other.yaml'), SECRET);
      const merge = (file: string) => kubeseal(folder, ['--cert', 'cert.pem', '--merge-into', file], { stdin: SECRET });
      expect((await merge('two.yaml')).stderr).toContain('it holds 2 SealedSecrets, expected one');
      expect((await merge('other.yaml')).stderr).toContain('Secret "shop/db" is not a SealedSecret');
    });
  });
});

describe('signet kubeseal --recovery-unseal', () => {
  test.skipIf(engineMissing)('tells where and why a template fails, which the controller does not', async () => {
    await withTempFolder(async (folder) => {
      const sealed = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate });
      const stdin = JSON.stringify({
        ...sealed,
        spec: { ...sealed.spec, template: { data: { t: '\n{{ fail .a }}' } } },
      });
      const { stderr } = await kubeseal(folder, ['--recovery-unseal', '--recovery-private-key', 'key.pem'], { stdin });
      expect(stderr).toContain('template "t", line 2, column 4: function "fail" fails');
    });
  });

  test('opens several documents, and says what is wrong with a value beside a missing key', async () => {
    await withTempFolder(async (folder) => {
      const seal = (name: string) =>
        sealSecret(secretOf({ a: 'x' }, { metadata: { name, namespace: 'shop' } }), { certificate: firstCertificate });
      const argv = ['--recovery-unseal', '--recovery-private-key', 'key.pem', '-o', 'yaml'];
      const stdin = `${stringifyYaml(await seal('one'))}---\n${stringifyYaml(await seal('two'))}`;
      const { stdout } = await kubeseal(folder, argv, { stdin });
      expect(parseDocuments(stdout).map(({ value }) => (value as SealedSecret).metadata.name)).toEqual(['one', 'two']);
      const moved = { ...(await seal('one')), metadata: { name: 'two', namespace: 'shop' } };
      const { stderr } = await kubeseal(folder, argv, { stdin: JSON.stringify(moved) });
      expect(stderr).toMatch(/^error: no key could decrypt secret \(a\): sealed for "shop\/one"/);
    });
  });

  test('never reads a kubeconfig', async () => {
    await withTempFolder(async (folder) => {
      const sealed = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate });
      const argv = [
        '--recovery-unseal',
        '--recovery-private-key',
        'key.pem',
        '--kubeconfig',
        'nowhere',
        '--context',
        'x',
      ];
      expect(await kubeseal(folder, argv, { stdin: JSON.stringify(sealed) })).toMatchObject({ code: 0, stderr: '' });
    });
  });
});
