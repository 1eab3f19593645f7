import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withTempFolder } from '../../../support/run-cli.ts';
import { runProgram } from '../../../support/run-program.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

const SIGNET = fileURLToPath(new URL('../../../../cli/main.ts', import.meta.url));
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: one}\n';

/** Runs a line of bash, in which `signet` is this checkout's. */
async function bash(cwd: string, line: string) {
  const script = `signet() { "${process.execPath}" "${SIGNET}" "$@"; }; ${line}`;
  const { code, stdout, stderr } = await runProgram('bash', ['-c', script], { cwd, input: SECRET });
  return { code, said: code === 0 ? stdout : stderr };
}

// Each line starts a program of its own.
test('everything that is read by a path can be a pipe of the shell', { timeout: 60_000 }, () =>
  withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
    await writeFile(path.join(folder, 'key.pem'), FIRST_KEY.privateKeyPem);
    await writeFile(path.join(folder, 'other-key.pem'), SECOND_KEY.privateKeyPem);
    await writeFile(path.join(folder, 'other-cert.pem'), SECOND_KEY.certificatePem);
    const lines: readonly (readonly [string, string])[] = [
      ['cat | signet seal -f /dev/stdin --cert <(cat cert.pem) -w sealed.yaml', ''],
      ['signet unseal --private-key <(cat key.pem) -f <(cat sealed.yaml)', 'a: b25l'],
      ['signet set sealed.yaml b --from-file <(printf two) --cert cert.pem', ''],
      ['signet kubeseal --recovery-unseal --recovery-private-key <(cat key.pem) < sealed.yaml', '"b": "dHdv"'],
      ['signet reseal sealed.yaml --private-key <(cat key.pem) --cert other-cert.pem', ''],
      ['signet unseal --private-key /dev/fd/3 -f sealed.yaml 3< <(cat other-key.pem)', 'b: dHdv'],
      // A pipe as a result has no place that could be taken.
      ['signet seal --cert cert.pem -w /dev/stdout | cat', 'kind: SealedSecret'],
    ];
    for (const [line, expected] of lines) {
      const { code, said } = await bash(folder, line);
      expect([line, code, said]).toEqual([line, 0, expect.stringContaining(expected)]);
    }
    const inPlace = await bash(folder, 'signet set <(cat sealed.yaml) c --from-file key.pem --cert cert.pem');
    expect(inPlace).toEqual({
      code: 7,
      said: expect.stringMatching(/cannot write "\/dev\/fd\/\d+": it is no regular file/),
    });
  }),
);

test('a pipe counts as lying in the current folder, whose pinned certificate holds for it', { timeout: 60_000 }, () =>
  withTempFolder(async (folder) => {
    const pin = path.join('.signet', 'keys.pem');
    await mkdir(path.join(folder, '.signet'));
    await writeFile(path.join(folder, pin), FIRST_KEY.certificatePem);
    await writeFile(path.join(folder, 'secret.yaml'), SECRET);
    const lines = [
      'signet seal -f <(cat secret.yaml) -w sealed.yaml',
      'cat | signet seal -f /dev/stdin -w sealed.yaml',
      'signet reseal --check <(cat sealed.yaml)',
      'mkdir sub; mkfifo sub/pipe; cat secret.yaml > sub/pipe & signet seal -f sub/pipe -w sealed.yaml',
    ];
    for (const line of lines) {
      const { code, said } = await bash(folder, `export KUBECONFIG=/dev/null; { ${line}; } 2>&1`);
      expect([line, code, said]).toEqual([line, 0, expect.stringContaining(` of "${pin}"`)]);
    }
  }),
);
