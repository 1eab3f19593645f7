import { expect, test } from 'vitest';
import { createLogger } from '../../../../controller/logging/pino-logger.ts';
import { ObjectWatches } from '../../../../controller/sealed-secrets/object-watches.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { createDrivenWatcher } from '../../../support/driven-watcher.ts';

interface Asked {
  readonly namespaces?: readonly string[] | null;
  readonly labelSelector?: string;
  readonly skipRecreate?: boolean;
  readonly updateStatus?: boolean;
}

const START = new Date('2026-06-01T00:00:00Z').getTime();

function bench({ namespaces = null, labelSelector = '', skipRecreate = false, updateStatus = true }: Asked = {}) {
  const client = createDrivenWatcher();
  const woken: string[] = [];
  const removed: (string | undefined)[] = [];
  const counted: string[] = [];
  const warnings: string[] = [];
  const clock = { nowMs: START };
  const watches = new ObjectWatches({
    client,
    config: { namespaces, labelSelector, skipRecreate, updateStatus },
    now: () => new Date(clock.nowMs),
    logger: createLogger({ level: 'warn', write: (line) => warnings.push(line) }),
    metrics: {
      observed: ({ metadata }, synced) => counted.push(`${metadata.name} ${synced}`),
      forgotten: ({ metadata }) => counted.push(`${metadata.name} gone`),
      failed: (reason, namespace) => counted.push(`${reason} ${namespace}`),
    },
    wake: (request, delayMs) => woken.push(`${request.namespace}/${request.name} ${delayMs}`),
    onRemoved: ({ metadata }) => removed.push(metadata.name),
    onRecovered: () => undefined,
  });
  let hasStarted = false;
  const started = watches.start().then(() => {
    hasStarted = true;
  });
  const find = (kind: string, namespace?: string) => {
    const found = client.watches.find(({ type, options }) => type.kind === kind && options.namespace === namespace);
    if (found === undefined) throw new Error(`${kind}s of ${namespace} are not watched`);
    return found;
  };
  const flush = () => new Promise<void>((resolve) => setImmediate(resolve));
  const isStarted = () => flush().then(() => hasStarted);
  return { client, watches, woken, removed, counted, warnings, clock, started, find, isStarted };
}

function sealed(namespace: string, name: string, resourceVersion = '1'): KubeObject {
  const status = { conditions: [{ type: 'Synced', status: 'True' }] };
  const metadata = { namespace, name, uid: `${namespace}/${name}`, resourceVersion };
  return { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, status };
}

const forbidden = new KubeError('KUBE_FORBIDDEN', 'no');

test('all namespaces are two watches, of which that of Secrets is of metadata and filtered by nothing', () => {
  const { client } = bench({ labelSelector: 'team=shop' });
  expect(client.watches.map(({ type, options }) => [type.kind, options])).toEqual([
    ['SealedSecret', { labelSelector: 'team=shop' }],
    ['Secret', { metadataOnly: true }],
  ]);
});

test('named namespaces are two watches each, none of which spans the cluster', () => {
  const { client } = bench({ namespaces: ['own', 'shop'] });
  expect(client.watches.map(({ type, options }) => `${type.kind} ${options.namespace}`)).toEqual([
    'SealedSecret own',
    'Secret own',
    'SealedSecret shop',
    'Secret shop',
  ]);
});

test('with skip-recreate Secrets are not watched, and the rights to are not needed', async () => {
  const { client, find, watches, started } = bench({ skipRecreate: true });
  expect(client.watches).toHaveLength(1);
  find('SealedSecret').sync();
  await started;
  expect(watches.isSynced()).toBe(true);
});

test('objects are looked at when the Secrets of their place are known as well', () => {
  const { find, woken } = bench();
  find('SealedSecret').tell('added', sealed('shop', 'db'));
  find('SealedSecret').sync();
  expect(woken).toEqual([]);
  find('Secret').sync();
  expect(woken).toEqual(['shop/db 0']);
  find('SealedSecret').tell('changed', sealed('shop', 'db', '2'));
  expect(woken).toHaveLength(2);
});

test('a place that cannot be read holds up no other, and the whole is not synced until it can', async () => {
  const { find, woken, watches, isStarted } = bench({ namespaces: ['own', 'shop'] });
  find('SealedSecret', 'own').tell('added', sealed('own', 'a'));
  find('SealedSecret', 'own').sync();
  find('Secret', 'own').sync();
  expect(woken).toEqual(['own/a 0']);
  expect(await isStarted()).toBe(false);
  find('SealedSecret', 'shop').fail(forbidden);
  find('Secret', 'shop').fail(forbidden);
  expect(await isStarted()).toBe(true);
  expect(watches.isSynced()).toBe(false);
  find('SealedSecret', 'shop').tell('added', sealed('shop', 'b'));
  find('SealedSecret', 'shop').sync();
  find('Secret', 'shop').sync();
  expect(woken).toContain('shop/b 0');
  expect(watches.isSynced()).toBe(true);
});

test('when no place can be read the start goes on waiting', async () => {
  const { find, isStarted } = bench({ namespaces: ['own'] });
  find('SealedSecret', 'own').fail(forbidden);
  find('Secret', 'own').fail(forbidden);
  expect(await isStarted()).toBe(false);
});

test('what cannot be read for lack of rights is counted, and trouble of the network is not', () => {
  const { find, counted } = bench({ namespaces: ['own'] });
  find('SealedSecret', 'own').fail(forbidden);
  find('SealedSecret', 'own').fail(new KubeError('KUBE_UNREACHABLE', 'cut'));
  find('Secret', 'own').fail(forbidden);
  expect(counted).toEqual(['fetch own']);
});

test('an object that goes is told of, forgotten by metrics, and looked at once more', () => {
  const { find, woken, removed, counted } = bench();
  find('SealedSecret').sync();
  find('Secret').sync();
  find('SealedSecret').tell('added', sealed('shop', 'db'));
  find('SealedSecret').tell('removed', sealed('shop', 'db'));
  expect(woken).toEqual(['shop/db 0', 'shop/db 0']);
  expect(removed).toEqual(['db']);
  expect(counted).toEqual(['db True', 'db gone']);
});

test('without status updates the status of another controller is not told as ours', () => {
  const { find, counted } = bench({ updateStatus: false });
  find('SealedSecret').tell('added', sealed('shop', 'db'));
  expect(counted).toEqual(['db undefined']);
});

test('stop ends every watch', () => {
  const { client, watches } = bench({ namespaces: ['own', 'shop'] });
  watches.stop();
  expect(client.watches.every(({ isStopped }) => isStopped)).toBe(true);
});

test('a Secret that goes concerns nobody but a SealedSecret of its name', () => {
  const { find, woken } = bench();
  find('SealedSecret').tell('added', sealed('ns', 'db'));
  for (const kind of ['SealedSecret', 'Secret']) find(kind).sync();
  woken.length = 0;
  for (const name of ['stranger', 'db']) {
    find('Secret').tell('removed', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'ns', name, uid: name },
    });
  }
  expect(woken.map((said) => said.split(' ')[0])).toEqual(['ns/db']);
});

test('a place that cannot be read has the code of the last failure in brackets, until it can be', () => {
  const { watches, find } = bench({ namespaces: ['own', 'shop'] });
  expect(watches.problem()).toBe('');
  for (const kind of ['SealedSecret', 'Secret']) find(kind, 'own').sync();
  find('SealedSecret', 'shop').sync();
  find('Secret', 'shop').fail(forbidden);
  expect(watches.problem()).toBe(' (KUBE_FORBIDDEN)');
  find('Secret', 'shop').sync();
  expect(watches.problem()).toBe('');
});

test('a place that cannot be read is told of again after ten minutes, and not before', () => {
  const { find, warnings, clock } = bench();
  const fail = () => find('Secret').fail(forbidden);
  fail();
  clock.nowMs += 9 * 60_000;
  fail();
  expect(warnings).toHaveLength(1);
  clock.nowMs += 60_000;
  fail();
  expect(warnings).toHaveLength(2);
});
