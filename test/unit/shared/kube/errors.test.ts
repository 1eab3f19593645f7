import { describe, expect, it } from 'vitest';
import { isKubeError, KubeError } from '../../../../shared/kube/errors.ts';

describe('KubeError', () => {
  it('has empty details when none are given', () => {
    const error = new KubeError('KUBE_TIMEOUT', 'no answer');
    expect(error).toMatchObject({ code: 'KUBE_TIMEOUT', status: 0, reason: '', causes: [], name: 'KubeError' });
    expect(error.retryAfterMs).toBeUndefined();
  });
});

describe('isKubeError', () => {
  const error = new KubeError('KUBE_GONE', 'gone');

  it('takes any code when none is named', () => expect(isKubeError(error)).toBe(true));
  it('takes a named code', () => expect(isKubeError(error, 'KUBE_CONFLICT', 'KUBE_GONE')).toBe(true));
  it('refuses another code', () => expect(isKubeError(error, 'KUBE_CONFLICT')).toBe(false));
  it('refuses other errors', () => expect(isKubeError(new Error('gone'))).toBe(false));
});
