/** @module One watch connection, from a resourceVersion to its end. */
import { parseJson } from '../encoding/json.ts';
import { isMap } from '../encoding/value-kind.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import type { ListOptions } from './client.ts';
import { KubeError } from './errors.ts';
import { LineSplitter } from './line-splitter.ts';
import { ACCEPT_JSON, ACCEPT_METADATA, typedItem } from './object-json.ts';
import { collectionPath } from './paths.ts';
import type { ResourceType } from './resource-type.ts';
import type { Sender } from './sender.ts';
import { statusObjectError } from './status-error.ts';
import type { OpenStream } from './transport.ts';

/** What is watched, and how patiently. */
export interface WatchTarget {
  readonly type: ResourceType;
  readonly options: Omit<ListOptions, 'signal'>;
  /** A connection on which nothing came for this long is taken for dead. The server sends a bookmark each minute. */
  readonly idleTimeoutMs: number;
  /** After this time the server ends the connection by itself. */
  readonly timeoutSeconds: number;
}

/** What the server said. `bookmark` only moves the resourceVersion on. */
export type StreamEvent =
  | { readonly kind: 'changed' | 'removed'; readonly object: KubeObject; readonly resourceVersion: string }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string };

const MAX_EVENT_BYTES = 8 * 1024 * 1024;

/**
 * Calls `onEvent` for everything after `resourceVersion`, in order, until the server ends the connection. Throws KubeError
 * when it fails, `KUBE_GONE` when the server no longer knows that far back or was silent: to a watch from a place that it
 * has yet to reach, as after a restored backup, it sends nothing at all. `signal` cuts it.
 */
export async function followWatch(
  sender: Sender,
  target: WatchTarget,
  resourceVersion: string,
  sinks: {
    readonly signal: AbortSignal;
    readonly onEvent: (event: StreamEvent) => void;
    /** The server took the watch. */
    readonly onOpen?: () => void;
  },
): Promise<void> {
  const stream = await openWatch(sender, target, resourceVersion, sinks.signal);
  sinks.onOpen?.();
  let isSilent = false;
  const cut = (): void => stream.abort();
  const cutSilent = (): void => {
    isSilent = true;
    cut();
  };
  sinks.signal.addEventListener('abort', cut, { once: true });
  // Nobody listened between the answer's headers and here.
  if (sinks.signal.aborted) cut();
  const watchdog = setTimeout(cutSilent, target.idleTimeoutMs);
  const lines = new LineSplitter(MAX_EVENT_BYTES);
  try {
    for await (const chunk of stream.response) {
      watchdog.refresh();
      for (const line of lines.push(chunk as Buffer)) {
        sinks.signal.throwIfAborted();
        sinks.onEvent(readEvent(line, target));
      }
    }
  } catch (error) {
    if (error instanceof KubeError) throw error;
    throw isSilent ? silenceError(target) : cutError(target, error);
  } finally {
    clearTimeout(watchdog);
    sinks.signal.removeEventListener('abort', cut);
    stream.abort();
  }
}

async function openWatch(
  sender: Sender,
  { type, options, timeoutSeconds }: WatchTarget,
  resourceVersion: string,
  signal: AbortSignal,
): Promise<OpenStream> {
  const { namespace, labelSelector, fieldSelector, metadataOnly } = options;
  const position = { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds };
  return sender.openStream(
    { verb: 'watch', type, reference: { namespace, name: '' } },
    {
      method: 'GET',
      path: collectionPath(type, namespace, { labelSelector, fieldSelector, ...position }),
      headers: { accept: metadataOnly === true ? ACCEPT_METADATA : ACCEPT_JSON },
      // The loop around a watch has its own patience.
      replay: 'once',
      takesRefusals: true,
      signal,
    },
  );
}

function readEvent(line: string, { type, options }: WatchTarget): StreamEvent {
  let event: unknown;
  try {
    event = parseJson(line);
  } catch {
    throw new KubeError('KUBE_BAD_RESPONSE', `cannot watch ${type.plural}: an event is no JSON`);
  }
  if (!isMap(event)) throw new KubeError('KUBE_BAD_RESPONSE', `cannot watch ${type.plural}: an event is no object`);
  if (event['type'] === 'ERROR') throw statusObjectError({ verb: 'watch', type }, event['object']);
  const object = typedItem(event['object'], type, options.metadataOnly === true);
  const resourceVersion = object.metadata.resourceVersion ?? '';
  if (event['type'] === 'BOOKMARK') return { kind: 'bookmark', resourceVersion };
  return { kind: event['type'] === 'DELETED' ? 'removed' : 'changed', object, resourceVersion };
}

function silenceError({ type }: WatchTarget): KubeError {
  return new KubeError('KUBE_GONE', `cannot watch ${type.plural}: nothing came for so long that the place may be lost`);
}

/** Whether `error` is that of a connection on which nothing came any more. */
export function isSilence(error: KubeError): boolean {
  return error.code === 'KUBE_GONE' && error.status === 0;
}

function cutError({ type }: WatchTarget, cause: unknown): KubeError {
  return new KubeError('KUBE_UNREACHABLE', `cannot watch ${type.plural}: the connection was cut`, { cause });
}
