import { describe, expect, it, onTestFinished } from 'vitest';
import { createKubeClient } from '../../../../shared/kube/connect.ts';
import { SECRETS } from '../../../../shared/kube/resource-type.ts';
import { type StubAnswer, sendJson, sendStatus, startStub, stubConnection } from './stub-server.ts';

const item = (name: string) => ({ metadata: { name } });
const page = (names: string[], token = '', resourceVersion = '7') => ({
  kind: 'SecretList',
  apiVersion: 'v1',
  metadata: { resourceVersion, ...(token === '' ? {} : { continue: token }) },
  items: names.map(item),
});

async function listFrom(answer: StubAnswer, options = {}) {
  const stub = await startStub(answer);
  const client = createKubeClient(stubConnection(stub.url));
  onTestFinished(() => client.close());
  const list = client.list(SECRETS, options);
  return { stub, list };
}
const namesOf = async (list: Promise<{ items: readonly { metadata: { name?: string } }[] }>) =>
  (await list).items.map((each) => each.metadata.name);

describe('listPages', () => {
  it('follows pages to the end', async () => {
    const { stub, list } = await listFrom((request, response) => {
      const token = request.query.get('continue');
      sendJson(response, token === null ? page(['a', 'b'], 'next') : page(['c']));
    });
    expect(await namesOf(list)).toEqual(['a', 'b', 'c']);
    expect((await list).resourceVersion).toBe('7');
    expect(stub.requests.map((request) => request.query.get('limit'))).toEqual(['500', '500']);
  });

  it('asks for fewer objects at once where they are large, so that no page takes much memory', async () => {
    const large = Array.from({ length: 20 }, (_, at) => ({
      metadata: { name: `c${at}`, annotations: { a: 'x'.repeat(2 ** 20) } },
    }));
    const { stub, list } = await listFrom((request, response) => {
      const from = Number(request.query.get('continue') ?? 0);
      const to = Math.min(from + Number(request.query.get('limit')), large.length);
      const metadata = { resourceVersion: '7', ...(to < large.length && { continue: String(to) }) };
      sendJson(response, { metadata, items: large.slice(from, to) });
    });
    expect(await namesOf(list)).toEqual(large.map(({ metadata }) => metadata.name));
    expect(stub.requests.map((request) => request.query.get('limit'))).toEqual(['500', '62', '7', '7', '7']);
  });

  it('gives up on a single object that is too large', async () => {
    const { list } = await listFrom((_request, response) => void response.end('x'.repeat(2 ** 24 + 1)));
    await expect(list).rejects.toThrow(expect.objectContaining({ code: 'KUBE_TOO_LARGE' }));
  });

  it('starts again when the server no longer has the list', async () => {
    const { stub, list } = await listFrom((request, response, count) => {
      if (request.query.get('continue') !== null && count === 2) sendStatus(response, 410, 'Expired');
      else
        sendJson(
          response,
          request.query.get('continue') === null ? page(['a'], 'next', String(count)) : page(['b'], '', '3'),
        );
    });
    expect(await namesOf(list)).toEqual(['a', 'b']);
    expect((await list).resourceVersion).toBe('3');
    expect(stub.requests).toHaveLength(4);
  });

  it('asks for everything at once when paging fails again and again', async () => {
    const { stub, list } = await listFrom((request, response) => {
      if (request.query.get('limit') === null) return sendJson(response, page(['all']));
      if (request.query.get('continue') === null) return sendJson(response, page(['a'], 'next'));
      sendStatus(response, 410, 'Expired');
    });
    expect(await namesOf(list)).toEqual(['all']);
    expect(stub.requests).toHaveLength(7);
  });

  it('passes selectors on with every page', async () => {
    const { stub, list } = await listFrom(
      (request, response) => sendJson(response, request.query.get('continue') === null ? page([], 'next') : page([])),
      { labelSelector: 'a=b', fieldSelector: 'type=Opaque', namespace: 'shop' },
    );
    await list;
    for (const request of stub.requests) {
      expect(request.path).toBe('/api/v1/namespaces/shop/secrets');
      expect([request.query.get('labelSelector'), request.query.get('fieldSelector')]).toEqual(['a=b', 'type=Opaque']);
    }
  });

  it('asks for metadata only', async () => {
    const { stub, list } = await listFrom((_request, response) => sendJson(response, page(['a'])), {
      metadataOnly: true,
    });
    await list;
    expect(stub.requests[0]?.headers.accept).toContain('as=PartialObjectMetadataList;');
  });

  it("ends with its signal's reason", async () => {
    const controller = new AbortController();
    const { list } = await listFrom(() => controller.abort(new Error('enough')), { signal: controller.signal });
    await expect(list).rejects.toThrow('enough');
  });
});
