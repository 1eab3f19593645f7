import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createPeerMetrics } from '../../../../controller/metrics/peer-metrics.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';

const PREFIX = 'sealed_secrets_controller_';

function bench(omitSecretLabels = false) {
  const registry = new Registry();
  const metrics = createPeerMetrics(registry, { version: 'v1.2.3', omitSecretLabels });
  const lines = async (name: string) =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${PREFIX}${name}`));
  return { metrics, lines };
}

function sealed(name: string, namespace = 'shop', instance?: string): KubeObject {
  const labels = instance === undefined ? {} : { 'app.kubernetes.io/instance': instance };
  return { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { name, namespace, labels } };
}

const info = (name: string, instance: string, value: number) =>
  `${PREFIX}condition_info{namespace="shop",name="${name}",condition="Synced",ss_app_kubernetes_io_instance="${instance}"} ${value}`;

test('the revision is told, and requests are counted', async () => {
  const { metrics, lines } = bench();
  metrics.requested();
  expect(await lines('build_info')).toEqual([`${PREFIX}build_info{revision="v1.2.3"} 1`]);
  expect(await lines('unseal_requests_total')).toEqual([`${PREFIX}unseal_requests_total 1`]);
});

test('errors of a namespace stand at 0 from its first SealedSecret on, and go with its last one', async () => {
  const { metrics, lines } = bench();
  expect(await lines('unseal_errors_total')).toHaveLength(5);
  metrics.observed(sealed('a'), undefined);
  metrics.observed(sealed('b'), undefined);
  metrics.observed(sealed('b'), 'True');
  metrics.failed('unmanaged', 'shop');
  expect((await lines('unseal_errors_total')).filter((line) => line.includes('"shop"'))).toEqual([
    `${PREFIX}unseal_errors_total{reason="fetch",namespace="shop"} 0`,
    `${PREFIX}unseal_errors_total{reason="status",namespace="shop"} 0`,
    `${PREFIX}unseal_errors_total{reason="unmanaged",namespace="shop"} 1`,
    `${PREFIX}unseal_errors_total{reason="unseal",namespace="shop"} 0`,
    `${PREFIX}unseal_errors_total{reason="update",namespace="shop"} 0`,
  ]);
  metrics.forgotten(sealed('a'));
  expect(await lines('unseal_errors_total')).toHaveLength(10);
  metrics.forgotten(sealed('b'));
  expect(await lines('unseal_errors_total')).toHaveLength(5);
});

test('a failure in a namespace without SealedSecrets makes no series of its own', async () => {
  const { metrics, lines } = bench();
  metrics.failed('update', 'gone');
  expect((await lines('unseal_errors_total')).filter((line) => !line.endsWith(' 0'))).toEqual([
    `${PREFIX}unseal_errors_total{reason="update",namespace=""} 1`,
  ]);
});

test('conditions are 1, 0 and -1, follow the object, and go with it', async () => {
  const { metrics, lines } = bench();
  metrics.observed(sealed('a'), 'True');
  metrics.observed(sealed('b', 'shop', 'x'), 'Unknown');
  metrics.observed(sealed('c'), undefined);
  metrics.observed(sealed('d'), 'maybe');
  expect(await lines('condition_info')).toEqual([info('a', '', 1), info('b', 'x', 0)]);
  metrics.observed(sealed('a'), 'False');
  metrics.observed(sealed('b', 'shop', 'y'), 'True');
  expect(await lines('condition_info')).toEqual([info('a', '', -1), info('b', 'y', 1)]);
  metrics.forgotten(sealed('a'));
  metrics.observed(sealed('b', 'shop', 'y'), undefined);
  expect(await lines('condition_info')).toEqual([]);
});

test('without the labels of secrets no object is named', async () => {
  const { metrics, lines } = bench(true);
  metrics.observed(sealed('a'), 'True');
  metrics.failed('unseal', 'shop');
  metrics.forgotten(sealed('a'));
  expect(await lines('condition_info')).toEqual([]);
});
