/** @module How many requests an API server has answered, by its own count: the same measure for us and for any peer. */
import type { KubeClient } from '../../shared/kube/client.ts';

/** Sum of the server's `apiserver_request_total`, leases and the server's own calls left out as far as the labels tell. */
export async function countRequests(client: KubeClient): Promise<number> {
  const answer = await client.raw({ method: 'GET', path: '/metrics', maxBytes: 64 * 1_024 * 1_024 });
  return Buffer.from(answer.body)
    .toString('utf8')
    .split('\n')
    .filter(
      (line) => line.startsWith('apiserver_request_total{') && !/subresource="\/metrics"|resource="leases"/.test(line),
    )
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
