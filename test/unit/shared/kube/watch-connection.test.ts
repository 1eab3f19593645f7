import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../../../shared/kube/resource-type.ts';
import type { Sender } from '../../../../shared/kube/sender.ts';
import { followWatch, type StreamEvent } from '../../../../shared/kube/watch-connection.ts';

const TARGET = { type: CONFIG_MAPS, options: {}, idleTimeoutMs: 60_000, timeoutSeconds: 300 };

/** A sender whose one stream is `body`; `onOpen` runs when the headers are there. */
function senderOf(body: PassThrough, onOpen: () => void = () => undefined): Sender {
  const openStream = async () => {
    onOpen();
    return { kind: 'stream', response: body as unknown as IncomingMessage, abort: () => void body.destroy() };
  };
  return { openStream } as unknown as Sender;
}

describe('followWatch', () => {
  it('ends at once when it was stopped while the headers came', async () => {
    const controller = new AbortController();
    const sender = senderOf(new PassThrough(), () => controller.abort(new Error('enough')));
    const sinks = { signal: controller.signal, onEvent: () => expect.fail('no event may be told') };
    await expect(followWatch(sender, TARGET, '1', sinks)).rejects.toThrow();
  });

  it('tells the events of a stream that ends well', async () => {
    const body = new PassThrough();
    const events: StreamEvent[] = [];
    const following = followWatch(senderOf(body), TARGET, '1', {
      signal: new AbortController().signal,
      onEvent: (event) => void events.push(event),
    });
    body.write('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}\n');
    body.end('{"type":"DELETED","object":{"metadata":{"name":"a","resourceVersion":"10"}}}\n');
    await following;
    expect(events).toEqual([
      { kind: 'bookmark', resourceVersion: '9' },
      {
        kind: 'removed',
        object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: '10' } },
        resourceVersion: '10',
      },
    ]);
  });

  it.each(['7', '{"type":"ADDED"}', '{"type":"ADDED","object":{}}'])('refuses the event %s', async (text) => {
    const body = new PassThrough();
    const sinks = { signal: new AbortController().signal, onEvent: () => undefined };
    const following = followWatch(senderOf(body), TARGET, '1', sinks);
    body.write(`${text}\n`);
    await expect(following).rejects.toThrow(expect.objectContaining({ code: 'KUBE_BAD_RESPONSE' }));
    expect(body.destroyed).toBe(true);
  });
});
