/** @module Whole lists, fetched page by page. */
import type { ListOptions } from './client.ts';
import { isKubeError } from './errors.ts';
import { ACCEPT_JSON, ACCEPT_METADATA_LIST, decodeListPage, type ListPage } from './object-json.ts';
import { collectionPath } from './paths.ts';
import type { ResourceType } from './resource-type.ts';
import type { Sender } from './sender.ts';

const PAGE_SIZE = 500;
/** A page is in memory several times over while it is read. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
/** Of a page that was larger the next try asks for this part. */
const SMALLER = 1 / 8;
/** Of a list in one piece. */
const MAX_LIST_BYTES = 512 * 1024 * 1024;
const MAX_RESTARTS = 3;

/**
 * The pages of a list, one after the other, all of one state of the cluster. A list that outlives the server's patience
 * (HTTP 410 for a later page) yields null and starts again, in the end in one piece. A page of large objects is asked for again
 * with fewer of them. Throws KubeError.
 */
export async function* listPages(
  sender: Sender,
  type: ResourceType,
  options: ListOptions,
): AsyncGenerator<ListPage | null> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      if (restarts < MAX_RESTARTS) yield* pagesOfOneState(sender, type, options);
      else yield await readPage(sender, type, options, {});
      return;
    } catch (error) {
      if (restarts >= MAX_RESTARTS || !isKubeError(error, 'KUBE_GONE')) throw error;
      yield null;
    }
  }
}

async function* pagesOfOneState(sender: Sender, type: ResourceType, options: ListOptions): AsyncGenerator<ListPage> {
  let limit = PAGE_SIZE;
  let continueToken: string | undefined;
  do {
    const page = await readFittingPage(sender, type, options, { limit, continueToken });
    if (page === null) {
      limit = Math.max(1, Math.floor(limit * SMALLER));
      continue;
    }
    yield page;
    continueToken = page.continueToken;
  } while (continueToken !== '');
}

/** Where in a list a page begins, and its number of objects; without them it is the whole list. */
interface Position {
  readonly limit?: number;
  readonly continueToken?: string | undefined;
}

/** Null when so many objects are too large for a page. */
async function readFittingPage(
  sender: Sender,
  type: ResourceType,
  options: ListOptions,
  position: Position & { readonly limit: number },
): Promise<ListPage | null> {
  try {
    return await readPage(sender, type, options, position);
  } catch (error) {
    if (position.limit > 1 && isKubeError(error, 'KUBE_TOO_LARGE')) return null;
    throw error;
  }
}

async function readPage(
  sender: Sender,
  type: ResourceType,
  options: ListOptions,
  { limit, continueToken }: Position,
): Promise<ListPage> {
  const { namespace, labelSelector, fieldSelector, metadataOnly = false, signal } = options;
  const answer = await sender.send(
    { verb: 'list', type, reference: { namespace, name: '' } },
    {
      method: 'GET',
      path: collectionPath(type, namespace, { labelSelector, fieldSelector, limit, continue: continueToken }),
      headers: { accept: metadataOnly ? ACCEPT_METADATA_LIST : ACCEPT_JSON },
      replay: 'read',
      large: true,
      maxBytes: limit === undefined ? MAX_LIST_BYTES : MAX_PAGE_BYTES,
      signal,
    },
  );
  return decodeListPage(answer.body, type, metadataOnly);
}
