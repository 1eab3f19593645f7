/** @module The writes that an API server counted itself, whoever sent them. */
import type { KubeClient } from '../../shared/kube/client.ts';

const WRITE_VERBS = ['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION'];
/** Control planes say with these that they are alive. */
const NEVER_QUIET = ['leases'];

/** Number of writes by `VERB resource/subresource`, since the start of the server; dry runs are none. */
export async function countServerWrites(client: KubeClient): Promise<ReadonlyMap<string, number>> {
  const { body } = await client.raw({ method: 'GET', path: '/metrics', maxBytes: 64 * 1024 * 1024 });
  const writes = new Map<string, number>();
  for (const line of Buffer.from(body).toString('utf8').split('\n')) {
    const [, labels, count] = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (labels === undefined) continue;
    const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    if (!WRITE_VERBS.includes(label('verb')) || label('dry_run') !== '' || NEVER_QUIET.includes(label('resource')))
      continue;
    const key = `${label('verb')} ${[label('resource'), label('subresource')].filter((part) => part !== '').join('/')}`;
    writes.set(key, (writes.get(key) ?? 0) + Number(count));
  }
  return writes;
}

/** What was written from `before` to `after`, by the same keys; empty when nothing was. */
export function writesSince(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const news = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
  return Object.fromEntries(news.filter(([, count]) => count > 0));
}
