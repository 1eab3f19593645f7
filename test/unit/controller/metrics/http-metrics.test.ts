import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createHttpMetrics } from '../../../../controller/metrics/http-metrics.ts';

const TOTAL = 'sealed_secrets_controller_http_requests_total';

function bench() {
  const registry = new Registry();
  const lines = async (name: string) => (await registry.metrics()).split('\n').filter((line) => line.startsWith(name));
  return { metrics: createHttpMetrics(registry), lines };
}

test('an answer is counted with path, code and method as sealed-secrets writes them, and timed', async () => {
  const { metrics, lines } = bench();
  metrics.answered({ path: '/v1/verify', method: 'POST', status: 409, seconds: 0.02 });
  expect(await lines(TOTAL)).toEqual([`${TOTAL}{path="/v1/verify",code="409",method="post"} 1`]);
  expect(await lines('sealed_secrets_controller_http_request_duration_seconds_count')).toEqual([
    'sealed_secrets_controller_http_request_duration_seconds_count{path="/v1/verify",method="post"} 1',
  ]);
});

test('whatever callers write, the number of series is bounded', async () => {
  const { metrics, lines } = bench();
  for (let index = 0; index < 500; index += 1) {
    metrics.answered({ path: `/v1/${index}`, method: 'GET', status: 404, seconds: 0 });
    metrics.answered({ path: '/v1/cert.pem', method: `X${index}`, status: 200 + index * 1_000, seconds: 0 });
  }
  expect(await lines(TOTAL)).toEqual([
    `${TOTAL}{path="/v1/cert.pem",code="200",method="unknown"} 1`,
    `${TOTAL}{path="/v1/cert.pem",code="unknown",method="unknown"} 499`,
  ]);
});
