import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../../../shared/kube/resource-type.ts';
import type { ObjectKey } from '../../../../shared/resources/object-meta.ts';
import { applyPlan } from '../../../../shared/sync/apply-plan.ts';
import type { KeepResult } from '../../../../shared/sync/keep-result.ts';
import { createServedKinds } from '../../../../shared/sync/served-kinds.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';

const DEFINITION = 'apiextensions.k8s.io/v1 CustomResourceDefinition';

function desired(type: string, name: string): DesiredObject {
  const [apiVersion = '', kind = ''] = type.split(' ');
  const origin = { file: 'a.yaml', line: 1, document: 1 };
  return { ...toPlacedObject({ apiVersion, kind, metadata: { name } }, origin), digest: 'd' };
}

/** Applies `objects` in a cluster where kind `Widget` is served once it was asked for `servedAfter` times. */
async function apply(
  objects: readonly DesiredObject[],
  options: { readonly servedAfter?: number; readonly results?: Readonly<Record<string, KeepResult>> } = {},
) {
  const order: string[] = [];
  const world = { follows: 0, nowMs: 0 };
  const isServed = (kind: string): boolean => kind !== 'Widget' || world.follows >= (options.servedAfter ?? 0);
  const nameOf = (key: ObjectKey): string => objects.find((one) => one.key === key)?.identity.name ?? '';
  const find = async (kind: string) => (isServed(kind) ? { ...CONFIG_MAPS, kind } : null);
  const plan = {
    apply: objects.map((one) => ({ identity: one.identity, desired: one, cause: 'missing' as const })),
    unchanged: [],
    blocked: [],
    prune: [],
  };
  const report = await applyPlan(
    {
      state: {
        owner: 'n/app',
        kinds: createServedKinds({
          findType: (_, kind) => find(kind),
          findTypeOfGroup: (_, kind) => find(kind),
          refresh: () => undefined,
        }),
        keeper: {
          ensure: async (key) => {
            order.push(nameOf(key));
            const applied = { kind: 'applied', cause: 'missing', wasWritten: true } as const;
            return options.results?.[nameOf(key)] ?? applied;
          },
        },
      },
      client: {
        get: async (type, { name }) => ({
          apiVersion: 'v1',
          kind: type.kind,
          metadata: { name },
          status: {
            conditions: isServed('Widget')
              ? [{ type: 'Established', status: 'True' }]
              : [{ type: 'NamesAccepted', status: 'False', message: 'the name is taken' }],
          },
        }),
      },
      hub: {
        find: ({ kind }) => (isServed(kind) ? 'absent' : 'unserved'),
        follow: async () => {
          world.follows += 1;
          world.nowMs += 20_000;
        },
      },
      kinds: [],
      wanted: new Map(objects.map((one) => [one.key, one])),
      nowMs: () => world.nowMs,
      signal: new AbortController().signal,
    },
    plan,
  );
  return { order, report, follows: world.follows };
}

const widget = desired('example.com/v1 Widget', 'widget');
const definition = desired(DEFINITION, 'widgets.example.com');
const webhook = desired('admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration', 'webhook');
const namespace = desired('v1 Namespace', 'space');

test('stages come one after the other: namespaces, definitions, the rest, admission', async () => {
  const { order, report } = await apply([webhook, widget, definition, namespace]);
  expect(order).toEqual(['space', 'widgets.example.com', 'widget', 'webhook']);
  expect(report).toEqual({ created: 4, changed: 0, dropped: 0, failures: [], held: [] });
});

test('objects wait for the kinds that a definition brings', async () => {
  const { order, report, follows } = await apply([widget, definition], { servedAfter: 1 });
  expect(order).toEqual(['widgets.example.com', 'widget']);
  expect(follows).toBe(1);
  expect(report.failures).toEqual([]);
});

test('a definition is awaited even if nothing uses its kind', async () => {
  const { report, follows } = await apply([definition], { servedAfter: 1 });
  expect(follows).toBe(1);
  expect(report.failures).toEqual([]);
});

test('a definition that never brings its kind says why, and the rest goes on', async () => {
  const { order, report } = await apply([widget, definition, webhook], { servedAfter: 99 });
  expect(order).toEqual(['widgets.example.com', 'widget', 'webhook']);
  expect(report.failures).toEqual([
    {
      kind: 'CustomResourceDefinition',
      name: 'widgets.example.com',
      file: 'a.yaml',
      line: 1,
      message: 'is not established: the name is taken',
    },
  ]);
});

test('nobody waits for the kinds of a definition that was refused', async () => {
  const results = { 'widgets.example.com': { kind: 'failed', message: 'spec.group: Required value' } } as const;
  const { report, follows } = await apply([widget, definition], { servedAfter: 99, results });
  expect(follows).toBe(0);
  expect(report.failures.map(({ message }) => message)).toEqual(['spec.group: Required value']);
});

test('every failure is reported, with what stood in the way', async () => {
  const results = {
    space: { kind: 'failed', message: 'no' },
    widget: { kind: 'blocked', reason: 'belongs to GitSync n/other' },
    webhook: { kind: 'dropped' },
    fought: { kind: 'deferred' },
  } as const;
  const { report } = await apply([namespace, widget, webhook, desired('v1 ConfigMap', 'fought')], { results });
  expect(report).toMatchObject({ created: 0, changed: 0, dropped: 1 });
  expect(report.failures.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    'space: no',
    'widget: belongs to GitSync n/other',
  ]);
});
