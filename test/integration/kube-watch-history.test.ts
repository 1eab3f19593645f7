import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { Sender } from '../../shared/kube/sender.ts';
import { Transport } from '../../shared/kube/transport.ts';
import { followWatch } from '../../shared/kube/watch-connection.ts';

describe('a watch from a place that a real API server has yet to reach, as after a restored backup', () => {
  it('is silent, which is told as gone', async () => {
    const transport = new Transport(await loadKubeconfig({ path: inject('kubeconfig'), env: {} }));
    onTestFinished(() => transport.close());
    const target = { type: CONFIG_MAPS, options: {}, idleTimeoutMs: 1_000, timeoutSeconds: 60 };
    const sinks = { signal: new AbortController().signal, onEvent: () => expect.fail('nothing can be told') };
    const watching = followWatch(new Sender(transport, { now: Date.now }), target, '999999999', sinks);
    await expect(watching).rejects.toThrow(expect.objectContaining({ code: 'KUBE_GONE', status: 0 }));
  });
});
