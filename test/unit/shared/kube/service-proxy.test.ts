import { describe, expect, it } from 'vitest';
import { servicePath } from '../../../../shared/kube/service-proxy.ts';

describe('servicePath', () => {
  it('names the port', () => {
    expect(servicePath('kube-system', 'sealed-secrets', 'http', '/v1/cert.pem')).toBe(
      '/api/v1/namespaces/kube-system/services/http:sealed-secrets:http/proxy/v1/cert.pem',
    );
  });

  it('ends in a colon for a port without a name', () => {
    expect(servicePath('n', 's', '', '/healthz')).toBe('/api/v1/namespaces/n/services/http:s:/proxy/healthz');
  });

  it('lets no part leave its place', () => {
    expect(servicePath('../x', 'a/b', 8080, '/')).toBe('/api/v1/namespaces/..%2Fx/services/http:a%2Fb:8080/proxy/');
  });
});
