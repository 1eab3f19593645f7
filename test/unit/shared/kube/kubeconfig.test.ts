import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type KubeconfigOptions, loadKubeconfig } from '../../../../shared/kube/kubeconfig.ts';
import { configOf, folderWith, invalid } from './kubeconfig-workspace.ts';

const missing = (text: string) =>
  expect.objectContaining({ code: 'KUBE_KUBECONFIG_MISSING', message: expect.stringContaining(text) });

async function load(config: string | object, options: Partial<KubeconfigOptions> = {}) {
  const folder = await folderWith({ config });
  return loadKubeconfig({ path: path.join(folder, 'config'), env: {}, ...options });
}

describe('loadKubeconfig', () => {
  it('resolves the current context', async () => {
    const folder = await folderWith({ config: configOf({ token: 't' }, undefined, { namespace: 'shop' }) });
    const file = path.join(folder, 'config');
    const connection = await loadKubeconfig({ path: file, env: {} });
    expect(connection).toMatchObject({ server: 'https://10.0.0.1:6443', namespace: 'shop' });
    expect(await connection.credentials()).toEqual({ headers: { authorization: 'Bearer t' } });
    expect(connection.describe()).toBe(`https://10.0.0.1:6443 (context "c" of ${file})`);
  });

  it('reads YAML as kubectl writes it', async () => {
    const connection = await load(`apiVersion: v1
kind: Config
preferences: {}
current-context: c
clusters:
- cluster:
    server: https://h:1
  name: k
contexts:
- context:
    cluster: k
    user: ""
  name: c
users: null
`);
    expect(connection.namespace).toBe('default');
    expect(await connection.credentials()).toEqual({ headers: {} });
  });

  it('takes another context when one is named', async () => {
    const config = configOf({}) as { contexts: object[] };
    config.contexts.push({ name: 'other', context: { cluster: 'k', namespace: 'elsewhere' } });
    expect((await load(config, { context: 'other' })).namespace).toBe('elsewhere');
  });

  it('finds the file in the home folder', async () => {
    const folder = await folderWith({ '.kube/config': configOf({}) });
    expect((await loadKubeconfig({ env: { HOME: folder } })).describe()).toContain(
      path.join(folder, '.kube', 'config'),
    );
  });

  it('resolves relative paths against the given folder', async () => {
    const cwd = await folderWith({ 'a/config': configOf({}) });
    const file = path.join(cwd, 'a', 'config');
    expect((await loadKubeconfig({ path: 'a/config', cwd, env: {} })).describe()).toContain(file);
    expect((await loadKubeconfig({ cwd, env: { KUBECONFIG: 'a/config' } })).describe()).toContain(file);
  });
});

describe('loadKubeconfig and its imports', () => {
  it('loads the large client package only for users who need it', async () => {
    const folder = await folderWith({ plain: configOf({ token: 't' }), exec: configOf({ exec: { command: 'x' } }) });
    const module = new URL('../../../../shared/kube/kubeconfig.ts', import.meta.url).href;
    const script = `
      import { registerHooks } from 'node:module';
      let loaded = 0;
      registerHooks({ resolve: (name, context, next) => (loaded += Number(name.includes('client-node')), next(name, context)) });
      const { loadKubeconfig } = await import(${JSON.stringify(module)});
      for (const file of ['plain', 'exec']) {
        const connection = await loadKubeconfig({ path: ${JSON.stringify(folder)} + '/' + file, env: {} });
        await connection.credentials().catch(() => undefined);
        console.log(file, loaded > 0);
      }`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe('plain false\nexec true\n');
  });
});

describe('loadKubeconfig of several files', () => {
  const joined = (folder: string, ...names: string[]) =>
    names.map((name) => (name === '' ? '' : path.join(folder, name))).join(path.delimiter);

  it('takes each name and the current context from the first file that has it', async () => {
    const folder = await folderWith({
      one: { clusters: [{ name: 'k', cluster: { server: 'https://one' } }] },
      two: {
        'current-context': 'second',
        clusters: [{ name: 'k', cluster: { server: 'https://two', 'tls-server-name': 'two' } }],
        contexts: [
          { name: 'first', context: { cluster: 'k', namespace: 'a' } },
          { name: 'second', context: { cluster: 'k', namespace: 'b' } },
        ],
      },
      three: { 'current-context': 'first', contexts: [{ name: 'second', context: { cluster: 'none' } }] },
    });
    const connection = await loadKubeconfig({ env: { KUBECONFIG: joined(folder, 'one', 'two', 'three') } });
    expect(connection).toMatchObject({ server: 'https://one', namespace: 'b' });
    // An entry is taken whole: nothing of the second file's cluster is mixed in.
    expect(connection.tlsServerName).toBeUndefined();
  });

  it('ignores missing files, empty names and empty files', async () => {
    const folder = await folderWith({ empty: '', good: configOf({}) });
    const KUBECONFIG = joined(folder, 'missing', '', 'empty', 'good');
    expect((await loadKubeconfig({ env: { KUBECONFIG, HOME: folder } })).server).toBe('https://10.0.0.1:6443');
  });

  it('does not fall back to the home folder when KUBECONFIG names only missing files', async () => {
    const folder = await folderWith({ '.kube/config': configOf({}) });
    const env = { KUBECONFIG: path.join(folder, 'missing'), HOME: folder };
    await expect(loadKubeconfig({ env })).rejects.toThrow(missing('missing'));
  });

  it('resolves paths against the file that names them', async () => {
    const folder = await folderWith({
      'a/config': { clusters: [{ name: 'k', cluster: { server: 'https://h', 'certificate-authority': 'ca.crt' } }] },
      'a/ca.crt': 'authority of a',
      'b/config': configOf({ tokenFile: 'token' }, {}, {}),
      'b/token': 'token of b',
    });
    const connection = await loadKubeconfig({ env: { KUBECONFIG: joined(folder, 'a/config', 'b/config') } });
    expect(connection.caPem).toBe('authority of a');
    await expect(connection.credentials()).rejects.toThrow(invalid('token'));
  });
});

describe('loadKubeconfig without a usable file', () => {
  it('names a file that was asked for and does not exist', async () => {
    const loading = loadKubeconfig({ path: '/nowhere/config', env: {} });
    await expect(loading).rejects.toThrow(missing('/nowhere/config'));
  });

  it('says where it looked, and how to mend it', async () => {
    const loading = loadKubeconfig({ env: { HOME: '/nowhere' } });
    const where = path.join('/nowhere', '.kube', 'config');
    await expect(loading).rejects.toThrow(missing(where));
    await expect(loading).rejects.toMatchObject({ hint: 'name one with --kubeconfig or the variable KUBECONFIG' });
  });

  it('says that nothing tells where to look', async () => {
    await expect(loadKubeconfig({ env: {} })).rejects.toThrow(missing('neither KUBECONFIG nor HOME is set'));
  });

  it.each([['is a folder', '.', 'it is a directory']])('says that it %s', async (_what, name, words) => {
    const folder = await folderWith({});
    await expect(loadKubeconfig({ path: path.join(folder, name), env: {} })).rejects.toThrow(invalid(words));
  });

  it.each([
    ['YAML', 'a: [', 'cannot read kubeconfig'],
    ['a kubeconfig', 'kind: Pod', 'its kind is not Config'],
    ['a map', '- a', 'it is no kubeconfig'],
    ['a list of clusters', 'clusters: {}', 'clusters is not a list'],
    ['a named entry', 'users: [{user: {token: canary-4711}}]', 'users has an entry without a name'],
    ['one entry of a name', 'users: [{name: u, user: {token: canary-4711}}, {name: u}]', 'names "u" twice'],
    ['an entry that is a map', 'users: [{name: u, user: canary-4711}]', 'user "u" is not a map'],
  ])('says that it is not %s, and quotes nothing', async (_what, text, words) => {
    const error = await load(text).catch((thrown: unknown) => thrown);
    expect(error).toEqual(invalid(words));
    expect(String((error as Error).message)).not.toContain('canary-4711');
  });
});

describe('loadKubeconfig of a context that does not fit', () => {
  it('names the contexts that there are', async () => {
    const loading = load(configOf({}), { context: 'nope' });
    await expect(loading).rejects.toThrow(invalid('"nope"'));
    await expect(loading).rejects.toMatchObject({ hint: 'name one of the contexts "c"' });
  });

  it('says that none is current', async () => {
    await expect(load({ contexts: [] })).rejects.toThrow(invalid('no current context'));
  });

  it.each([
    ['cluster', { cluster: 'gone' }, 'there is no cluster "gone"'],
    ['user', { user: 'gone' }, 'there is no user "gone"'],
    ['cluster name', { cluster: '' }, 'it names no cluster'],
  ])('says which %s is missing', async (_what, context, words) => {
    await expect(load(configOf({}, undefined, context))).rejects.toThrow(invalid(words));
  });

  it('finds no entry by a name of Object.prototype', async () => {
    await expect(load(configOf({}, undefined, { cluster: 'constructor' }))).rejects.toThrow(invalid('"constructor"'));
    await expect(load(configOf({}), { context: '__proto__' })).rejects.toThrow(invalid('"__proto__"'));
  });
});
