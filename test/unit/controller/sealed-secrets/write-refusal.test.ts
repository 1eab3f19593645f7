import { expect, test } from 'vitest';
import { refusalOf, refuseForeign, refuseImmutable } from '../../../../controller/sealed-secrets/write-refusal.ts';
import { KubeError, type KubeErrorCode } from '../../../../shared/kube/errors.ts';

const invalid = (...causes: { field: string; reason: string }[]) =>
  new KubeError('KUBE_INVALID', 'no', { status: 422, causes });

test('messages hold the phrases that scripts look for', () => {
  expect(refuseForeign('db').message).toContain('already exists and is not managed by SealedSecret');
  expect(refuseImmutable('db').message).toContain('the target Secret is immutable');
});

test('what is to be annotated is the Secret, which many take for the SealedSecret', () => {
  expect(refuseForeign('db').message).toMatch(/: delete it, or annotate the Secret itself with /);
});

test.each([
  [
    'a value that is not what the type asks for',
    { field: 'data[.dockerconfigjson]', reason: 'FieldValueInvalid' },
    'TypeRefused',
  ],
  ['a key that the type asks for', { field: 'data[tls.key]', reason: 'FieldValueRequired' }, 'TypeRefused'],
  ['a type that cannot change', { field: 'type', reason: 'FieldValueInvalid' }, 'TypeRefused'],
  ['a key that no Secret may have', { field: 'data[a b]', reason: 'FieldValueInvalid' }, 'Malformed'],
  ['too much data', { field: 'data', reason: 'FieldValueTooLong' }, 'Malformed'],
  ['a label', { field: 'metadata.labels', reason: 'FieldValueInvalid' }, 'TemplateFailed'],
  ['values of an immutable Secret', { field: 'data', reason: 'FieldValueForbidden' }, 'SecretImmutable'],
])('the server refuses %s: only a change mends it', (_what, cause, reason) => {
  expect(refusalOf(invalid(cause), 'db')).toMatchObject({ state: 'stalled', reason });
});

test.each<[KubeErrorCode, number, string]>([
  ['KUBE_FORBIDDEN', 403, 'Forbidden'],
  ['KUBE_UNAUTHORIZED', 401, 'Forbidden'],
  ['KUBE_INVALID', 400, 'WriteFailed'],
  ['KUBE_SERVER_ERROR', 500, 'WriteFailed'],
  ['KUBE_CONFLICT', 409, 'WriteFailed'],
  ['KUBE_NOT_FOUND', 404, 'WriteFailed'],
])('%s may pass, and is kept with its cause', (code, status, reason) => {
  const error = new KubeError(code, 'cannot create Secret', { status });
  expect(refusalOf(error, 'db')).toMatchObject({ state: 'waiting', reason, error });
});
