/** @module Deliveries of Bitbucket, Cloud and Data Center (Server), which sign alike and tell of a push in different forms. */
import { isSignedWith } from './authenticity.ts';
import type { DeliveryEvent, ProviderRules } from './delivery.ts';
import { listAt, textsOf, valueAt } from './payload-fields.ts';

const EVENTS: ReadonlyMap<string, DeliveryEvent> = new Map([
  ['repo:push', 'push'],
  ['repo:refs_changed', 'push'],
  ['diagnostics:ping', 'ping'],
]);

/** The rules of both. */
export const BITBUCKET: ProviderRules = {
  isAuthentic({ header, body }, token) {
    const hex = /^sha256=(.*)$/s.exec(header('x-hub-signature') ?? '')?.[1];
    return isSignedWith(token, body, { hash: 'sha256', hex });
  },
  eventOf: ({ header }) => EVENTS.get(header('x-event-key') ?? '') ?? 'other',
  readPush(payload) {
    const clones = listAt(payload, 'repository', 'links', 'clone').map((link) => valueAt(link, 'href'));
    return {
      addresses: textsOf(valueAt(payload, 'repository', 'links', 'html', 'href'), ...clones),
      references: [...serverReferences(payload), ...cloudReferences(payload)],
    };
  },
};

function serverReferences(payload: unknown): readonly string[] {
  return textsOf(...listAt(payload, 'changes').map((change) => valueAt(change, 'ref', 'id')));
}

/** A branch or tag that was deleted is named as the old one only. */
function cloudReferences(payload: unknown): readonly string[] {
  return listAt(payload, 'push', 'changes').flatMap((change) =>
    ['new', 'old'].flatMap((side) => {
      const folder = valueAt(change, side, 'type') === 'tag' ? 'refs/tags' : 'refs/heads';
      return textsOf(valueAt(change, side, 'name')).map((name) => `${folder}/${name}`);
    }),
  );
}
