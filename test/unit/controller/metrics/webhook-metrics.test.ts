import { expect, test } from 'vitest';
import { createMetrics } from '../../../../controller/metrics/registry.ts';

test('deliveries are counted by provider and result, and those to nobody under a name of their own', async () => {
  const metrics = createMetrics('v1');
  metrics.webhooks.delivered('GitHub', 'accepted');
  metrics.webhooks.delivered('GitHub', 'accepted');
  metrics.webhooks.delivered(null, 'refused');
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('signet_webhook'));
  expect(lines).toEqual([
    'signet_webhook_deliveries_total{provider="GitHub",result="accepted"} 2',
    'signet_webhook_deliveries_total{provider="none",result="refused"} 1',
  ]);
});
