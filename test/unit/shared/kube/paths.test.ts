import { describe, expect, it } from 'vitest';
import { collectionPath, objectPath } from '../../../../shared/kube/paths.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, GIT_SYNCS, NAMESPACES, SECRETS } from '../../../../shared/kube/resource-type.ts';

describe('collectionPath', () => {
  it('names all namespaces', () => expect(collectionPath(SECRETS, undefined)).toBe('/api/v1/secrets'));
  it('names one namespace', () => {
    expect(collectionPath(GIT_SYNCS, 'shop')).toBe('/apis/signet.dev/v1alpha1/namespaces/shop/gitsyncs');
  });
  it('leaves the namespace out for a cluster-scoped type', () => {
    expect(collectionPath(NAMESPACES, 'shop')).toBe('/api/v1/namespaces');
  });
  it('encodes parameters and leaves undefined ones out', () => {
    const query = { labelSelector: 'a in (b, c)&x', limit: 500, continue: undefined };
    expect(collectionPath(SECRETS, 'n', query)).toBe(
      '/api/v1/namespaces/n/secrets?labelSelector=a%20in%20(b%2C%20c)%26x&limit=500',
    );
  });
});

describe('objectPath', () => {
  it('keeps the case of a name and encodes it', () => {
    const type = {
      ...CUSTOM_RESOURCE_DEFINITIONS,
      group: 'rbac.authorization.k8s.io',
      version: 'v1',
      plural: 'clusterroles',
    };
    expect(objectPath(type, { name: 'system:MyRole?x#' })).toBe(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3AMyRole%3Fx%23',
    );
  });

  it('names a subresource', () => {
    expect(
      objectPath(GIT_SYNCS, { namespace: 'n', name: 'a' }, { subresource: 'status', query: { force: true } }),
    ).toBe('/apis/signet.dev/v1alpha1/namespaces/n/gitsyncs/a/status?force=true');
  });

  it.each(['', '.', '..', 'a/b', '../secrets', 'a%2fb'])('refuses the name %j', (name) => {
    expect(() => objectPath(SECRETS, { namespace: 'n', name })).toThrow(
      expect.objectContaining({ code: 'KUBE_INVALID' }),
    );
  });

  it.each([undefined, '', '..', 'a/b'])('refuses the namespace %j', (namespace) => {
    expect(() => objectPath(SECRETS, { namespace, name: 'a' })).toThrow(
      expect.objectContaining({ code: 'KUBE_INVALID' }),
    );
  });

  it('ignores a namespace that a cluster-scoped type has no use for', () => {
    expect(objectPath(NAMESPACES, { namespace: 'x', name: 'a' })).toBe('/api/v1/namespaces/a');
  });
});
