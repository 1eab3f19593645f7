import { expect, test } from 'vitest';
import { openSealedSecret } from '../../../../controller/sealed-secrets/unseal-object.ts';
import { shortenMessage } from '../../../../controller/sealed-secrets/verdict.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { SealedSecret, SecretTemplate } from '../../../../shared/resources/sealed-secret.ts';
import { SealingError, type TemplateErrorCode } from '../../../../shared/sealing/errors.ts';
import { firstCertificate, firstKey, firstRing, sealedOf, secondCertificate } from '../../../support/test-secrets.ts';
import { sealWhole } from '../../../support/whole-secret.ts';

const AT = new Date('2026-01-01T00:00:00Z');

async function withData(data: NonNullable<SecretTemplate['data']>): Promise<SealedSecret> {
  const sealed = await sealedOf({ password: 'p' });
  return { ...sealed, spec: { ...sealed.spec, template: { data } } };
}

const open = (sealed: SealedSecret, result: SealingError | string = 'rendered', acceptV1 = true) => {
  const outcome = () =>
    result instanceof SealingError
      ? Promise.reject(result)
      : Promise.resolve(new Map([['t', SecretBytes.fromText(result)]]));
  return openSealedSecret(sealed, firstRing, {
    rendering: { renderer: { render: outcome }, seed: new Uint8Array(32), at: AT },
    acceptV1,
    surroundings: {},
  });
};

test('an object with templates says that it was rendered', async () => {
  expect(await open(await withData({ t: '{{ .password }}' }))).toMatchObject({
    kind: 'opened',
    secret: { data: { password: btoa('p'), t: btoa('rendered') } },
    keys: new Set([firstKey.fingerprint]),
    isRendered: true,
  });
  expect(await open(await withData({ t: 'literal' }))).toMatchObject({ kind: 'opened', isRendered: false });
});

test('a template that fails stalls the object, with the error and its hint as the message', async () => {
  const error = new SealingError('TEMPLATE_SYNTAX', 'cannot make the Secret: t', { hint: 'mend it' });
  expect(await open(await withData({ t: '{{' }), error)).toMatchObject({
    kind: 'failed',
    state: 'stalled',
    isLasting: true,
    reason: 'TemplateFailed',
    message: 'cannot make the Secret: t (mend it)',
    keys: new Set([firstKey.fingerprint]),
  });
});

test.each<TemplateErrorCode>(['TEMPLATE_ENGINE_MISSING', 'TEMPLATE_ENGINE_BUSY', 'TEMPLATE_ENGINE_FAILED'])(
  '%s is no fault of the object, which is tried again',
  async (code) => {
    const result = await open(await withData({ t: '{{' }), new SealingError(code, 'x'));
    expect(result).toMatchObject({ kind: 'failed', state: 'waiting', isLasting: false, reason: 'TemplateFailed' });
  },
);

test('however many items fail, the status says why and what mends it', async () => {
  const data = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`SOME_ENVIRONMENT_VARIABLE_${at}`, 'x']));
  const result = await open(await sealedOf(data, secondCertificate));
  const message = shortenMessage('message' in result ? result.message : '');
  expect(message).toContain('SOME_ENVIRONMENT_VARIABLE_0');
  expect(message).toContain(`sealed to key ${secondCertificate.fingerprint}`);
  expect(message).toMatch(/and \d+ more\).*not tried further/);
  expect(message).toContain('signet keys restore FILE');
});

test('the deprecated form is refused by a flag, and only for as long as that is set', async () => {
  const content = { apiVersion: 'v1', kind: 'Secret', data: { a: btoa('x') } };
  const sealed = await sealWhole(content, firstCertificate);
  expect(await open(sealed)).toMatchObject({ kind: 'opened', secret: { data: { a: btoa('x') } }, isRendered: false });
  expect(await open(sealed, 'x', false)).toMatchObject({
    kind: 'failed',
    state: 'stalled',
    isLasting: false,
    reason: 'Malformed',
  });
});
