import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { SecretTemplate } from '../../../../shared/resources/sealed-secret.ts';
import { runCli, withTempFolder } from '../../../support/run-cli.ts';
import { engineMissing, SOME_INSTANT } from '../../../support/template-engine.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';
import { firstCertificate, sealedOf } from '../../../support/test-secrets.ts';
import { sealWhole } from '../../../support/whole-secret.ts';

const { HOME, PATH, XDG_CACHE_HOME } = process.env;
const env = Object.fromEntries(
  Object.entries({ HOME, PATH, XDG_CACHE_HOME }).filter(([, value]) => value !== undefined),
) as Record<string, string>;

beforeEach((context) => context.skip(engineMissing !== undefined, engineMissing));

/** Unseals `object` on the command line. */
const unseal = (object: unknown, signal?: AbortSignal) =>
  withTempFolder(async (cwd) => {
    await writeFile(path.join(cwd, 'sealed.json'), JSON.stringify(object));
    await writeFile(path.join(cwd, 'key.pem'), FIRST_KEY.privateKeyPem);
    const args = ['unseal', '-f', 'sealed.json', '--private-key', 'key.pem', '-o', 'json'];
    return runCli(args, { cwd, env, now: () => SOME_INSTANT, ...(signal && { signal }) });
  });

async function templated(data: NonNullable<SecretTemplate['data']>) {
  const sealed = await sealedOf({ user: 'joe', password: 'c4n4ry' });
  return { ...sealed, spec: { ...sealed.spec, template: { data } } };
}

function valuesIn(stdout: string): Record<string, string> {
  const { data } = JSON.parse(stdout) as { data: Record<string, string> };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)]));
}

test('signet unseal renders templates, by the clock of the run', async () => {
  const data = { conf: '{{ .user }}:{{ .password | upper }} {{ now | date "2006-01-02" }}', password: null };
  const { code, stdout } = await unseal(await templated(data));
  expect(code).toBe(0);
  expect(valuesIn(stdout)).toEqual({ conf: 'joe:C4N4RY 2026-03-04', user: 'joe' });
});

test('signet unseal draws new random values each time', async () => {
  const object = await templated({ token: '{{ randAlphaNum 32 }}' });
  const [one, other] = [await unseal(object), await unseal(object)];
  expect(valuesIn(one.stdout)['token']).not.toBe(valuesIn(other.stdout)['token']);
});

test('signet unseal tells every failing template and no value', async () => {
  const { code, stdout, stderr } = await unseal(await templated({ a: '{{ fail .password }}', b: 'x\n{{ .nope }}' }));
  expect([code, stdout]).toEqual([5, '']);
  expect(stderr).toContain('template "a", line 1, column 4: function "fail" fails');
  expect(stderr).toContain('template "b", line 2, column 4: there is no value for ".nope"');
  expect(stderr).not.toContain('c4n4ry');
});

test('an interrupt ends a template that does not end', async () => {
  const endless = '{{ range untilStep 0 100000 1 }}{{ range untilStep 0 100000 1 }}{{ end }}{{ end }}';
  const interruption = new AbortController();
  const running = unseal(await templated({ a: endless }), interruption.signal);
  setImmediate(() => interruption.abort());
  expect((await running).code).toBe(130);
});

test('signet unseal opens the deprecated form', async () => {
  const content = { apiVersion: 'v1', kind: 'Secret', type: 'example.com/old', data: { a: btoa('x') } };
  const { code, stdout } = await unseal(await sealWhole(content, firstCertificate));
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ metadata: { name: 'db', namespace: 'shop' }, type: 'example.com/old' });
});
