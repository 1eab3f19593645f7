import { expect, test } from 'vitest';
import { accountsOf, configMapsOf, secretsOf } from '../../../../controller/git-syncs/named-objects.ts';
import type { GitSync, GitSyncSpec } from '../../../../shared/resources/git-sync.ts';

function gitSync(spec: Partial<GitSyncSpec>): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'shop', name: 'app' },
    spec: { source: { url: 'https://git.example.com/a.git' }, ...spec },
  };
}

test('sources of variables are named by kind, beside logins', () => {
  const named = gitSync({
    source: { url: 'https://git.example.com/a.git', secretRef: { name: 'login' } },
    substitute: {
      from: [
        { kind: 'ConfigMap', name: 'facts' },
        { kind: 'Secret', name: 'secrets', optional: true },
      ],
    },
  });
  expect([secretsOf(named), configMapsOf(named)]).toEqual([['login', 'secrets'], ['facts']]);
  expect([secretsOf(gitSync({})), configMapsOf(gitSync({}))]).toEqual([[], []]);
});

test('the account is the one of this cluster that acts, be it by default', () => {
  const kubeConfig = { secretRef: { name: 'far' } };
  expect(accountsOf(gitSync({ serviceAccountName: 'deployer' }), 'tenant')).toEqual(['deployer']);
  expect(accountsOf(gitSync({}), 'tenant')).toEqual(['tenant']);
  expect(accountsOf(gitSync({}), undefined)).toEqual([]);
  expect(accountsOf(gitSync({ serviceAccountName: 'deployer', kubeConfig }), 'tenant')).toEqual([]);
});
