import { expect, test } from 'vitest';
import { GuardedClient } from '../../../../controller/clusters/guarded-client.ts';
import type { TargetClient } from '../../../../controller/clusters/target-cluster.ts';
import type { KubeRawRequest } from '../../../../shared/kube/client.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { CONFIG_MAPS } from '../../../../shared/kube/resource-type.ts';

const { signal } = new AbortController();

function world() {
  const state = { asked: 0, failure: null as unknown, status: 200, deadlineMs: Number.POSITIVE_INFINITY };
  const get = async () => {
    state.asked += 1;
    if (state.failure !== null) throw state.failure;
    return null;
  };
  const raw = async ({ timeoutMs = Number.POSITIVE_INFINITY }: KubeRawRequest) => {
    state.deadlineMs = timeoutMs;
    if (state.failure !== null) throw state.failure;
    return { status: state.status, headers: {}, body: new Uint8Array() };
  };
  const client = { get, raw } as unknown as TargetClient;
  const now = () => new Date('2026-02-03T04:05:06.789Z');
  return { state, guarded: new GuardedClient({ client, address: 'https://192.0.2.1', now }) };
}

const gone = new KubeError('KUBE_TIMEOUT', 'no answer');

test('after a call that found nobody, others fail at once until the cluster was seen again', async () => {
  const { state, guarded } = world();
  const get = () => guarded.calls.get(CONFIG_MAPS, { name: 'a' });
  await get();
  state.failure = gone;
  await expect(get()).rejects.toBe(gone);
  await expect(get()).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  expect(state.asked).toBe(2);
  state.failure = null;
  await expect(get()).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await guarded.assertReachable(signal);
  await get();
  expect(state.asked).toBe(3);
});

test('a cluster that answers nobody is given up on for good after ten seconds, so that its connections do not serve the next try', async () => {
  const { state, guarded } = world();
  await guarded.assertReachable(signal);
  expect(state.deadlineMs).toBe(10_000);
});

test('a refusal of the server is an answer', async () => {
  const { state, guarded } = world();
  state.failure = new KubeError('KUBE_TIMEOUT', 'a webhook was slow', { status: 504 });
  const get = () => guarded.calls.get(CONFIG_MAPS, { name: 'a' });
  await expect(get()).rejects.toBe(state.failure);
  await expect(get()).rejects.toBe(state.failure);
});

test('says since when the cluster was not seen', async () => {
  const { state, guarded } = world();
  state.failure = gone;
  const unseen = { reason: 'ClusterUnreachable', outlook: 'retry', message: expect.stringContaining('not seen since') };
  await expect(guarded.assertReachable(signal)).rejects.toMatchObject({ refusal: unseen });
  state.failure = null;
  await guarded.assertReachable(signal);
  state.failure = gone;
  const seen = { message: expect.stringContaining('(last seen 2026-02-03T04:05:06Z)') };
  await expect(guarded.assertReachable(signal)).rejects.toMatchObject({ refusal: seen });
});

test('credentials that are not accepted are the fault of the kubeconfig', async () => {
  const { state, guarded } = world();
  state.status = 401;
  await expect(guarded.assertReachable(signal)).rejects.toMatchObject({ refusal: { reason: 'KubeConfigInvalid' } });
  state.failure = new KubeError('KUBE_KUBECONFIG_INVALID', 'cannot use the certificates');
  await expect(guarded.assertReachable(signal)).rejects.toMatchObject({ refusal: { reason: 'KubeConfigInvalid' } });
});
