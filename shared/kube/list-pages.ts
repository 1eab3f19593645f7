/** @module Whole lists, fetched page by page. */
import type { ListOptions } from './client.ts';
import { isKubeError } from './errors.ts';
import { ACCEPT_JSON, ACCEPT_METADATA_LIST, decodeListPage, type ListPage } from './object-json.ts';
import { collectionPath } from './paths.ts';
import type { ResourceType } from './resource-type.ts';
import type { Sender } from './sender.ts';

const PAGE_SIZE = 500;
const MAX_LIST_BYTES = 512 * 1024 * 1024;
const MAX_RESTARTS = 3;

/**
 * The pages of a list, one after the other, all of one state of the cluster. A list that outlives the server's patience
 * (HTTP 410 for a later page) yields null and starts again, in the end in one piece. Throws KubeError.
 */
export async function* listPages(
  sender: Sender,
  type: ResourceType,
  options: ListOptions,
): AsyncGenerator<ListPage | null> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      yield* pagesOfOneState(sender, type, options, restarts < MAX_RESTARTS ? PAGE_SIZE : undefined);
      return;
    } catch (error) {
      if (restarts >= MAX_RESTARTS || !isKubeError(error, 'KUBE_GONE')) throw error;
      yield null;
    }
  }
}

async function* pagesOfOneState(
  sender: Sender,
  type: ResourceType,
  options: ListOptions,
  limit: number | undefined,
): AsyncGenerator<ListPage> {
  let continueToken: string | undefined;
  do {
    const page = await readPage(sender, type, options, { limit, continue: continueToken });
    yield page;
    continueToken = page.continueToken === '' ? undefined : page.continueToken;
  } while (continueToken !== undefined);
}

async function readPage(
  sender: Sender,
  type: ResourceType,
  options: ListOptions,
  position: { readonly limit: number | undefined; readonly continue: string | undefined },
): Promise<ListPage> {
  const { namespace, labelSelector, fieldSelector, metadataOnly = false, signal } = options;
  const answer = await sender.send(
    { verb: 'list', type, reference: { namespace, name: '' } },
    {
      method: 'GET',
      path: collectionPath(type, namespace, { labelSelector, fieldSelector, ...position }),
      headers: { accept: metadataOnly ? ACCEPT_METADATA_LIST : ACCEPT_JSON },
      replay: 'read',
      large: true,
      maxBytes: MAX_LIST_BYTES,
      signal,
    },
  );
  return decodeListPage(answer.body, type, metadataOnly);
}
