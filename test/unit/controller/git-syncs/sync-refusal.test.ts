import { expect, test } from 'vitest';
import { RefusedError, renderRefusal, toRefusal } from '../../../../controller/git-syncs/sync-refusal.ts';
import { KeysError } from '../../../../controller/keys/errors.ts';
import { GitError } from '../../../../shared/git/errors.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';

test.each([
  ['GIT_UNREACHABLE', 'SourceUnreachable', 'retry'],
  ['GIT_REF_NOT_FOUND', 'RefNotFound', 'retry'],
  ['GIT_AUTH_REJECTED', 'AuthFailed', 'retry'],
  ['GIT_CREDENTIALS_IN_URL', 'SourceRefused', 'spec'],
  ['GIT_PATH_OUTSIDE', 'PathInvalid', 'spec'],
  ['GIT_PATH_NOT_FOUND', 'PathInvalid', 'poll'],
  ['GIT_TREE_TOO_LARGE', 'SourceTooLarge', 'poll'],
  ['GIT_MISSING', 'SourceFailed', 'retry'],
] as const)('%s refuses with %s and outlook %s', (code, reason, outlook) => {
  const refusal = toRefusal(new GitError(code, 'cannot read', { hint: 'do this' }));
  expect(refusal).toEqual({ reason, outlook, message: 'cannot read; do this', failures: [] });
});

test('a failure of the API server may pass', () => {
  expect(toRefusal(new KubeError('KUBE_UNREACHABLE', 'cannot reach'))).toMatchObject({
    reason: 'ClusterUnavailable',
    outlook: 'retry',
  });
});

test('a fault of the digest key says how to mend it', () => {
  const error = new KeysError('KEYS_DIGEST_KEY_INVALID', 'cannot use the Secret', { hint: 'delete the Secret' });
  expect(toRefusal(error)).toMatchObject({ outlook: 'retry', message: 'cannot use the Secret; delete the Secret' });
});

test('a bug is no refusal', () => {
  expect(() => toRefusal(new TypeError('x is undefined'))).toThrow('x is undefined');
});

test('renderRefusal names the first problem and counts the others', () => {
  const failure = { kind: 'File', file: 'a.yaml', line: 2, message: 'no YAML' };
  const error = renderRefusal([failure, failure, failure]);
  expect(error).toBeInstanceOf(RefusedError);
  expect(error.refusal).toMatchObject({
    reason: 'RenderFailed',
    outlook: 'poll',
    failures: [failure, failure, failure],
  });
  expect(error.message).toBe('nothing of the commit is applied: a.yaml:2: no YAML (and 2 more)');
});
