import { expect, test } from 'vitest';
import { takeRevision } from '../../../../controller/sync/take-revision.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';

test.each(['0s', '0.0000001s', '99999999999h'])(
  'an interval of %s is refused with what may stand there',
  async (interval) => {
    const gitSync = {
      apiVersion: 'signet.dev/v1alpha1',
      kind: 'GitSync',
      metadata: { name: 'app', namespace: 'shop' },
      spec: { source: { url: 'https://git.example.com/shop.git' }, interval },
    } as GitSync;
    const untouched = new Proxy({}, { get: () => expect.fail('nothing is read before the interval is known') });
    const taken = await takeRevision({
      sources: untouched as never,
      preflight: null,
      loadDigest: () => expect.fail('nothing is read before the interval is known'),
      openRendering: () => expect.fail('nothing is read before the interval is known'),
      guardDeletions: () => expect.fail('nothing is read before the interval is known'),
      gitSync,
      findGitSync: () => expect.fail('nothing is read before the interval is known'),
      state: {} as never,
      nowMs: () => expect.fail('nothing is read before the interval is known'),
      askedAtMs: 0,
      signal: new AbortController().signal,
    });
    expect(taken.revision).toBeNull();
    expect(taken.refusal).toMatchObject({
      reason: 'SpecInvalid',
      outlook: 'spec',
      message: `spec.interval "${interval}" is not usable; write a duration above zero, such as 30s or 1m30s, of at most 2501999792h`,
    });
  },
);
