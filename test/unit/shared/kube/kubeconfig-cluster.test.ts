import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { clusterFacts } from '../../../../shared/kube/kubeconfig-cluster.ts';
import { KubeconfigEntry } from '../../../../shared/kube/kubeconfig-entry.ts';
import { folderWith, invalid } from './kubeconfig-workspace.ts';

const entry = (fields: object, file = '/x/config') => new KubeconfigEntry('cluster', 'k', file, { ...fields });
const factsOf = (fields: object, env = {}) => clusterFacts(entry({ server: 'https://h:1', ...fields }), undefined, env);

describe('clusterFacts', () => {
  it('takes inline data before a file', async () => {
    const inline = encodeBase64(encodeUtf8('inline authority'));
    const facts = await factsOf({ 'certificate-authority-data': inline, 'certificate-authority': '/nowhere' });
    expect(facts.caPem).toBe('inline authority');
  });

  it('reads a file relative to the kubeconfig', async () => {
    const folder = await folderWith({ 'pki/ca.crt': 'authority' });
    const fields = { server: 'https://h', 'certificate-authority': 'pki/ca.crt' };
    const facts = await clusterFacts(entry(fields, path.join(folder, 'config')), undefined, {});
    expect(facts.caPem).toBe('authority');
  });

  it('carries the TLS settings', async () => {
    const fields = { 'insecure-skip-tls-verify': true, 'tls-server-name': 'other', 'disable-compression': true };
    expect(await factsOf(fields)).toEqual({
      server: 'https://h:1',
      insecureSkipTlsVerify: true,
      tlsServerName: 'other',
      disableCompression: true,
    });
  });

  it('keeps a path of the address and drops the slash at its end', async () => {
    expect((await factsOf({ server: 'https://h/k8s/one/' })).server).toBe('https://h/k8s/one');
  });

  it.each([
    ['http', {}, 'http://h:8080'],
    ['https with a CA', { 'certificate-authority-data': 'YQ==' }, 'https://h:8080'],
    ['https without checks', { 'insecure-skip-tls-verify': true }, 'https://h:8080'],
  ])('takes an address without a scheme for %s', async (_scheme, fields, server) => {
    expect((await factsOf({ server: 'h:8080', ...fields })).server).toBe(server);
  });

  it.each([
    [{ server: '' }, 'it has no server'],
    [{ server: 'ftp://h' }, 'server is no http or https address'],
    [{ server: 'https://' }, 'server is no http or https address'],
    [{ server: 12 }, 'server is not a string'],
    [{ server: 'https://h/?a=b' }, 'server has a query'],
    [{ 'certificate-authority': '/nowhere/ca.crt' }, '/nowhere/ca.crt: there is no such file'],
    [{ 'certificate-authority-data': '!!!' }, 'certificate-authority-data is not base64'],
    [{ 'insecure-skip-tls-verify': 'yes' }, 'insecure-skip-tls-verify is neither true nor false'],
    [{ 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'YQ==' }, 'exclude each other'],
    [{ 'proxy-url': 'socks5://p' }, 'proxy-url is no http or https address'],
  ])('refuses %j', async (fields, words) => {
    await expect(factsOf(fields)).rejects.toThrow(invalid(words));
  });

  it('refuses credentials in the address and does not repeat them', async () => {
    const error = await factsOf({ server: 'https://me:canary-4711@h' }).catch((thrown: unknown) => thrown);
    expect(error).toEqual(invalid('server contains credentials'));
    expect(String((error as Error).message)).not.toContain('canary-4711');
  });
});

describe('clusterFacts proxy', () => {
  const env = { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://other:3128', NO_PROXY: '.internal' };

  it('is the one of the cluster entry before that of the environment', async () => {
    expect(await factsOf({ 'proxy-url': 'http://mine:1' }, env)).toMatchObject({ proxyUrl: 'http://mine:1' });
  });
  it('is the one of the environment for the scheme', async () => {
    expect(await factsOf({}, env)).toMatchObject({ proxyUrl: 'http://proxy:3128', noProxy: '.internal' });
    expect(await factsOf({ server: 'http://h' }, env)).toMatchObject({ proxyUrl: 'http://other:3128' });
  });
  it.each(['https://127.0.0.1:6443', 'https://localhost', 'https://[::1]:6443'])('is none for %s', async (server) => {
    expect((await factsOf({ server }, env)).proxyUrl).toBeUndefined();
  });
});
