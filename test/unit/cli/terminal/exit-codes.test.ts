import { describe, expect, test } from 'vitest';
import { CliError, LocatedError, SeveralErrors } from '../../../../cli/terminal/errors.ts';
import { EXIT, exitCodeOf } from '../../../../cli/terminal/exit-codes.ts';
import { CertificateError } from '../../../../shared/certificate/errors.ts';
import { EncodingError } from '../../../../shared/encoding/errors.ts';
import { GitError } from '../../../../shared/git/errors.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { AccountError } from '../../../../shared/kube/service-account.ts';
import { SealingError } from '../../../../shared/sealing/errors.ts';
import { SyncError } from '../../../../shared/sync/errors.ts';

describe('exitCodeOf', () => {
  const cases = [
    [new CliError('CLI_USAGE', ''), EXIT.usage],
    [new CliError('CLI_TIMED_OUT', ''), EXIT.timeout],
    [new CertificateError('CERT_EXPIRED', ''), EXIT.certificate],
    [new CertificateError('KEY_ENCRYPTED', ''), EXIT.certificate],
    [new CertificateError('PEM_MALFORMED', ''), EXIT.certificate],
    [new EncodingError('YAML_ALIAS_BOMB', ''), EXIT.invalidInput],
    [new EncodingError('TEXT_NOT_UTF8', ''), EXIT.invalidInput],
    [new SealingError('SEAL_NO_NAME', ''), EXIT.invalidInput],
    [new SealingError('SEALED_KEY_NOT_FOUND', ''), EXIT.cannotUnseal],
    [new SealingError('TEMPLATE_NOT_SUPPORTED', ''), EXIT.cannotUnseal],
    [new KubeError('KUBE_UNREACHABLE', ''), EXIT.cluster],
    [new GitError('GIT_REF_NOT_FOUND', ''), EXIT.source],
    [new AccountError('ACCOUNT_INVALID', ''), EXIT.invalidInput],
    [new SyncError('SYNC_SPEC_INVALID', ''), EXIT.invalidInput],
    [new SyncError('SYNC_KIND_NOT_SERVED', ''), EXIT.cluster],
  ] as const;
  for (const [error, code] of cases) {
    test(`${error.code} is ${code}`, () => {
      expect(exitCodeOf(error)).toBe(code);
    });
  }

  test('a located error keeps the code of the error itself', () => {
    expect(exitCodeOf(new LocatedError('x', new KubeError('KUBE_TIMEOUT', '')))).toBe(EXIT.cluster);
  });

  test('of several errors the first one counts', () => {
    const errors = [new CliError('CLI_OUTPUT_FAILED', ''), new CliError('CLI_USAGE', '')];
    expect(exitCodeOf(new SeveralErrors(errors, ''))).toBe(EXIT.output);
  });

  test('what nobody foresaw is a defect', () => {
    expect(exitCodeOf(new TypeError('x'))).toBe(EXIT.defect);
    expect(exitCodeOf('x')).toBe(EXIT.defect);
  });
});
