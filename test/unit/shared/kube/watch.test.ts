import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubeClient, ListOptions, ObjectWatch, WatchHandler } from '../../../../shared/kube/client.ts';
import { createKubeClient } from '../../../../shared/kube/connect.ts';
import { CONFIG_MAPS, SECRETS } from '../../../../shared/kube/resource-type.ts';
import type { WatchTiming } from '../../../../shared/kube/watch.ts';
import {
  type StubAnswer,
  type StubRequest,
  type StubServer,
  sendJson,
  sendStatus,
  startStub,
  stubConnection,
} from './stub-server.ts';

const QUICK: Partial<WatchTiming> = { backoff: { firstMs: 1, maxMs: 4 }, idleTimeoutMs: 10_000 };

const object = (name: string, resourceVersion: string, uid = `uid-${name}`) => ({
  metadata: { name, namespace: 'shop', uid, resourceVersion },
});
const list = (items: unknown[], resourceVersion: string) => ({ metadata: { resourceVersion }, items });
const line = (type: string, body: unknown) => `${JSON.stringify({ type, object: body })}\n`;
const isWatch = (request: StubRequest) => request.query.get('watch') === 'true';

interface Seen {
  /** `added a@1`, `synced`, `problem KUBE_GONE`, in order. */
  readonly log: string[];
  readonly client: KubeClient;
  readonly stub: StubServer;
  readonly watch: ObjectWatch;
}

interface Setup {
  readonly timing?: Partial<WatchTiming>;
  readonly options?: Omit<ListOptions, 'signal'>;
  readonly handler?: Partial<WatchHandler>;
}

async function watching(answer: StubAnswer, setup: Setup = {}): Promise<Seen> {
  const stub = await startStub(answer);
  const client = createKubeClient(stubConnection(stub.url), {
    watchTiming: { ...QUICK, ...setup.timing },
    random: () => 0,
  });
  onTestFinished(() => client.close());
  const log: string[] = [];
  const watch = client.watch(CONFIG_MAPS, setup.options ?? { namespace: 'shop' }, {
    onEvent: (event) => {
      log.push(`${event.kind} ${event.object.metadata.name}@${event.object.metadata.resourceVersion}`);
      setup.handler?.onEvent?.(event);
    },
    onSynced: () => {
      log.push('synced');
      setup.handler?.onSynced?.();
    },
    onRecovered: () => setup.handler?.onRecovered?.(),
    onProblem: (error) => {
      log.push(`problem ${(error as { code?: string }).code ?? String(error)}`);
      setup.handler?.onProblem?.(error);
    },
  });
  return { log, client, stub, watch };
}

function stream(response: ServerResponse, ...lines: string[]): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(lines.join(''));
}

const watches = (stub: StubServer) => stub.requests.filter(isWatch);
const lists = (stub: StubServer) => stub.requests.filter((request) => !isWatch(request));
const resumedAt = (stub: StubServer) => watches(stub).map((request) => request.query.get('resourceVersion'));

/** Answers lists from `state` and leaves each watch to `onWatch`, which gets its number, from 1. */
function server(
  state: { items: unknown[]; version: string },
  onWatch: (response: ServerResponse, count: number) => void,
): StubAnswer {
  let count = 0;
  return (request, response) => {
    if (isWatch(request)) onWatch(response, ++count);
    else sendJson(response, list(state.items, state.version));
  };
}

describe('a watch whose server was away', () => {
  it('says once that it answers again, and not after an answer that only forgot the past', async () => {
    let recovered = 0;
    const { log } = await watching(
      server({ items: [object('a', '1')], version: '5' }, (response, count) => {
        if (count === 1) return sendStatus(response, 410, 'Expired');
        if (count <= 3) return sendStatus(response, 503, 'ServiceUnavailable');
        stream(response, line('ADDED', object('b', '6')));
      }),
      {
        handler: {
          onRecovered: () => {
            recovered += 1;
          },
        },
      },
    );
    await expect.poll(() => log).toContain('added b@6');
    expect(log.filter((entry) => entry.startsWith('problem'))).toEqual([
      'problem KUBE_GONE',
      'problem KUBE_SERVER_ERROR',
      'problem KUBE_SERVER_ERROR',
    ]);
    expect(recovered).toBe(1);
  });

  it('says so after silence, too', async () => {
    let recovered = 0;
    const { log } = await watching(
      server({ items: [], version: '5' }, (response, count) => {
        if (count === 1) stream(response);
        else stream(response, line('ADDED', object('b', '6')));
      }),
      {
        timing: { idleTimeoutMs: 50 },
        handler: {
          onRecovered: () => {
            recovered += 1;
          },
        },
      },
    );
    await expect.poll(() => log).toContain('added b@6');
    expect(log.slice(0, 2)).toEqual(['synced', 'problem KUBE_GONE']);
    expect(recovered).toBeGreaterThanOrEqual(1);
  });
});

describe('watchObjects', () => {
  it('delivers the list, then says that it is whole, then follows changes', async () => {
    const { log, stub, watch } = await watching(
      server({ items: [object('a', '1'), object('b', '2')], version: '5' }, (response) =>
        stream(
          response,
          line('ADDED', object('c', '6')),
          line('MODIFIED', object('a', '7')),
          line('DELETED', object('b', '8')),
        ),
      ),
    );
    await watch.synced;
    expect(watch.isSynced()).toBe(true);
    await expect
      .poll(() => log)
      .toEqual(['added a@1', 'added b@2', 'synced', 'added c@6', 'changed a@7', 'removed b@8']);
    const [request] = watches(stub);
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '5',
      timeoutSeconds: '300',
    });
  });

  it('gives every object its apiVersion and kind', async () => {
    const kinds: string[] = [];
    await watching(
      server({ items: [object('a', '1')], version: '1' }, (response) =>
        stream(response, line('ADDED', object('b', '2'))),
      ),
      { handler: { onEvent: ({ object: { apiVersion, kind } }) => kinds.push(`${apiVersion} ${kind}`) } },
    );
    await expect.poll(() => kinds).toEqual(['v1 ConfigMap', 'v1 ConfigMap']);
  });

  it('resumes where the last event or bookmark was, without a new list', async () => {
    const { stub } = await watching(
      server({ items: [], version: '5' }, (response, count) => {
        if (count === 1) stream(response, line('ADDED', object('a', '6')));
        if (count === 2) stream(response, line('BOOKMARK', { metadata: { resourceVersion: '90' } }));
        if (count < 3) response.end();
        else stream(response);
      }),
    );
    await expect.poll(() => resumedAt(stub)).toEqual(['5', '6', '90']);
    expect(lists(stub)).toHaveLength(1);
  });

  it.each([
    ['a status', (response: ServerResponse) => sendStatus(response, 410, 'Expired')],
    [
      'an ERROR event',
      (response: ServerResponse) => stream(response, line('ERROR', { kind: 'Status', code: 410, reason: 'Expired' })),
    ],
  ])('lists again after 410 as %s and tells the differences', async (_form, gone) => {
    const state = { items: [object('a', '1'), object('b', '2'), object('c', '3', 'first')], version: '5' };
    const { log, stub } = await watching(
      server(state, (response, count) => {
        if (count > 1) return stream(response);
        state.items = [object('b', '7'), object('c', '8', 'second'), object('d', '9')];
        state.version = '9';
        gone(response);
      }),
    );
    await expect.poll(() => resumedAt(stub)).toEqual(['5', '9']);
    expect(log.slice(3)).toEqual([
      'synced',
      'problem KUBE_GONE',
      'changed b@7',
      'removed c@3',
      'added c@8',
      'added d@9',
      'removed a@1',
    ]);
  });

  it('does not tell an unchanged object again after a new list', async () => {
    const { log, stub } = await watching(
      server({ items: [object('a', '1')], version: '5' }, (response, count) => {
        if (count === 1) sendStatus(response, 410, 'Expired');
        else stream(response);
      }),
    );
    await expect.poll(() => watches(stub).length).toBe(2);
    expect(log).toEqual(['added a@1', 'synced', 'problem KUBE_GONE']);
  });

  it('waits longer and longer while the server says 410 to every watch', async () => {
    const waits: number[] = [];
    const { stub, watch } = await watching(
      server({ items: [], version: '5' }, (response, count) => {
        waits.push(Date.now());
        if (count === 4) watch.stop();
        sendStatus(response, 410, 'Expired');
      }),
      { timing: { backoff: { firstMs: 40, maxMs: 100_000 } } },
    );
    await expect.poll(() => waits.length).toBe(4);
    // Jitter is off, so that the waits are at least 20, 40 and 80 ms; only their lower bounds are certain.
    expect((waits.at(-1) ?? 0) - (waits[0] ?? 0)).toBeGreaterThanOrEqual(135);
    expect(lists(stub).length).toBe(4);
  });

  it.each([
    [
      '429',
      (response: ServerResponse) => sendStatus(response, 429, 'TooManyRequests', { headers: { 'retry-after': '0' } }),
      'KUBE_TOO_MANY_REQUESTS',
    ],
    ['500', (response: ServerResponse) => sendStatus(response, 500, 'InternalError'), 'KUBE_SERVER_ERROR'],
    ['403', (response: ServerResponse) => sendStatus(response, 403, 'Forbidden'), 'KUBE_FORBIDDEN'],
    ['a cut connection', (response: ServerResponse) => void response.destroy(), 'KUBE_UNREACHABLE'],
    [
      'a connection that the server closed on its own side',
      (response: ServerResponse) => {
        stream(response, ' ');
        response.socket?.end();
      },
      'KUBE_UNREACHABLE',
    ],
    [
      'an ERROR event',
      (response: ServerResponse) => stream(response, line('ERROR', { code: 500, reason: 'InternalError' })),
      'KUBE_SERVER_ERROR',
    ],
    ['a line that is no JSON', (response: ServerResponse) => stream(response, 'not json\n'), 'KUBE_BAD_RESPONSE'],
  ])('resumes after %s', async (_form, fail, code) => {
    const { log, stub } = await watching(
      server({ items: [object('a', '1')], version: '5' }, (response, count) => {
        if (count === 1) fail(response);
        else stream(response, line('MODIFIED', object('a', '6')));
      }),
    );
    await expect.poll(() => log).toEqual(['added a@1', 'synced', `problem ${code}`, 'changed a@6']);
    expect(resumedAt(stub)).toEqual(['5', '5']);
    expect(lists(stub)).toHaveLength(1);
  });

  it('resumes after a connection that was cut in the middle of an event', async () => {
    const { log, stub } = await watching(
      server({ items: [], version: '5' }, (response, count) => {
        if (count > 1) return stream(response, line('ADDED', object('b', '7')));
        stream(response, line('ADDED', object('a', '6')), line('ADDED', object('b', '7')).slice(0, 20));
        setTimeout(() => response.destroy(), 10);
      }),
    );
    await expect.poll(() => log).toEqual(['synced', 'added a@6', 'problem KUBE_UNREACHABLE', 'added b@7']);
    expect(resumedAt(stub)).toEqual(['5', '6']);
  });

  it('starts over with a list when resuming is refused again and again', async () => {
    const { stub } = await watching(
      server({ items: [], version: '5' }, (response, count) => {
        if (count <= 3) sendStatus(response, 504, 'Timeout');
        else stream(response);
      }),
    );
    await expect.poll(() => watches(stub).length).toBe(4);
    expect(lists(stub)).toHaveLength(2);
  });

  it('starts over with a list when what comes next cannot be read, however often it is asked for', async () => {
    const { log, stub } = await watching(
      server({ items: [], version: '5' }, (response, count) => {
        if (count <= 3) stream(response, 'no JSON\n');
        else stream(response, line('ADDED', object('a', '6')));
      }),
    );
    await expect.poll(() => log).toContain('added a@6');
    expect(lists(stub)).toHaveLength(2);
  });

  it.each([
    [429, 'TooManyRequests'],
    [503, 'ServiceUnavailable'],
  ])('asks a server that has too much to do (HTTP %d) for no list', async (status, reason) => {
    const { log, stub } = await watching(
      server({ items: [], version: '5' }, (response, count) => {
        if (count <= 5) sendStatus(response, status, reason);
        else stream(response, line('ADDED', object('a', '6')));
      }),
    );
    await expect.poll(() => log).toContain('added a@6');
    expect(lists(stub)).toHaveLength(1);
  });

  it('keeps trying when the first list fails', async () => {
    const { log, watch } = await watching((request, response, count) => {
      if (count < 4) sendStatus(response, 500, 'InternalError');
      else if (isWatch(request)) stream(response);
      else sendJson(response, list([object('a', '1')], '5'));
    });
    await watch.synced;
    expect(log).toEqual([
      'problem KUBE_SERVER_ERROR',
      'problem KUBE_SERVER_ERROR',
      'problem KUBE_SERVER_ERROR',
      'added a@1',
      'synced',
    ]);
  });

  it('puts characters together that two chunks share', async () => {
    const text = line('ADDED', object('naïve-日本', '6'));
    const bytes = Buffer.from(text);
    const { log } = await watching(
      server({ items: [], version: '5' }, (response) => {
        stream(response);
        for (const byte of bytes) response.write(Buffer.of(byte));
      }),
    );
    await expect.poll(() => log).toEqual(['synced', 'added naïve-日本@6']);
  });

  it('lists again after silence, since the server may have gone back in time', async () => {
    const state = { items: [object('a', '900')], version: '905' };
    const { log, stub } = await watching(
      server(state, (response) => {
        stream(response);
        state.items = [object('a', '7')];
        state.version = '8';
      }),
      { timing: { idleTimeoutMs: 50 } },
    );
    await expect.poll(() => log.slice(0, 4)).toEqual(['added a@900', 'synced', 'problem KUBE_GONE', 'changed a@7']);
    await expect.poll(() => resumedAt(stub).slice(0, 2)).toEqual(['905', '8']);
  });
});

describe('watchObjects of a kind that is not served', () => {
  it('says so once, goes on quietly and delivers when the kind comes', async () => {
    let isServed = false;
    const { log, stub, watch } = await watching((request, response) => {
      if (!isServed) return sendStatus(response, 404, 'NotFound');
      if (isWatch(request)) stream(response);
      else sendJson(response, list([object('a', '1')], '5'));
    });
    await expect.poll(() => stub.requests.length).toBeGreaterThan(5);
    expect(log).toEqual(['problem KUBE_NOT_FOUND']);
    expect(watch.isSynced()).toBe(false);
    isServed = true;
    await watch.synced;
    expect(log).toEqual(['problem KUBE_NOT_FOUND', 'added a@1', 'synced']);
  });

  it('tells the end of its objects when the kind stays away', async () => {
    let isServed = true;
    const { log, watch } = await watching((request, response) => {
      if (!isServed) return sendStatus(response, 404, 'NotFound');
      if (!isWatch(request)) return sendJson(response, list([object('a', '1')], '5'));
      isServed = false;
      response.end();
    });
    await watch.synced;
    await expect.poll(() => log).toEqual(['added a@1', 'synced', 'problem KUBE_NOT_FOUND', 'removed a@1']);
  });
});

describe('watchObjects with a handler that throws', () => {
  it('reports the throw and goes on, in the list and in the stream', async () => {
    const { log } = await watching(
      server({ items: [object('a', '1')], version: '5' }, (response) =>
        stream(response, line('ADDED', object('b', '6'))),
      ),
      {
        handler: {
          onEvent: () => {
            throw new Error('broken handler');
          },
          onSynced: () => {
            throw new Error('broken handler');
          },
        },
      },
    );
    const broken = 'problem Error: broken handler';
    await expect.poll(() => log).toEqual(['added a@1', broken, 'synced', broken, 'added b@6', broken]);
  });

  it('survives a listener for problems that throws, too', async () => {
    const { log, watch } = await watching(
      (request, response, count) => {
        if (count === 1) sendStatus(response, 500, 'InternalError');
        else if (isWatch(request)) stream(response);
        else sendJson(response, list([], '5'));
      },
      {
        handler: {
          onProblem: () => {
            throw new Error('broken listener');
          },
        },
      },
    );
    await watch.synced;
    expect(log).toEqual(['problem KUBE_SERVER_ERROR', 'synced']);
  });
});

describe('watchObjects stop', () => {
  it('from inside a handler keeps the rest of the list back', async () => {
    const { log, watch } = await watching(
      server({ items: [object('a', '1'), object('b', '2')], version: '5' }, (response) => stream(response)),
      { handler: { onEvent: () => watch.stop() } },
    );
    await watch.synced;
    expect(log).toEqual(['added a@1']);
    expect(watch.isSynced()).toBe(false);
  });

  it('from inside a handler keeps the rest of a chunk back and ends the connection', async () => {
    let closed = 0;
    const { log, stub, watch } = await watching(
      server({ items: [], version: '5' }, (response) => {
        response.on('close', () => (closed += 1));
        stream(response, line('ADDED', object('a', '6')), line('ADDED', object('b', '7')));
      }),
      { handler: { onEvent: () => watch.stop() } },
    );
    await expect.poll(() => closed).toBe(1);
    expect(log).toEqual(['synced', 'added a@6']);
    expect(watches(stub)).toHaveLength(1);
  });

  it('during the first list resolves synced and tells nothing', async () => {
    const { log, watch } = await watching(() => watch.stop());
    await watch.synced;
    expect(log).toEqual([]);
    expect(watch.isSynced()).toBe(false);
  });

  it('right after the start sends nothing', async () => {
    const stub = await startStub((_request, response) => sendJson(response, list([], '1')));
    const client = createKubeClient(stubConnection(stub.url));
    onTestFinished(() => client.close());
    const nothing = () => expect.fail('no handler may be called');
    const watch = client.watch(CONFIG_MAPS, {}, { onEvent: nothing, onSynced: nothing, onProblem: nothing });
    watch.stop();
    await watch.synced;
    expect(await client.list(SECRETS)).toMatchObject({ items: [] });
    expect(stub.requests.map((request) => request.path)).toEqual(['/api/v1/secrets']);
  });

  it('comes with the end of the client', async () => {
    const { log, client, watch } = await watching(
      server({ items: [], version: '5' }, (response) => {
        stream(response);
        setImmediate(() => client.close());
      }),
    );
    await watch.synced;
    await expect.poll(() => client.requestCount()).toBe(2);
    expect(log).toEqual(['synced']);
  });
});

describe('watchObjects of metadata', () => {
  it('asks for metadata in list and watch', async () => {
    const { stub } = await watching(
      server({ items: [], version: '5' }, (response) => stream(response)),
      { options: { metadataOnly: true, labelSelector: 'a=b' } },
    );
    await expect.poll(() => stub.requests.length).toBe(2);
    expect(stub.requests[0]?.headers.accept).toContain('as=PartialObjectMetadataList;');
    expect(stub.requests[1]?.headers.accept).toContain('as=PartialObjectMetadata;');
    expect(stub.requests[1]?.query.get('labelSelector')).toBe('a=b');
    expect(stub.requests[1]?.path).toBe('/api/v1/configmaps');
  });
});
