/** @module What a note looks like as a core/v1 Event. */
import { shortenText } from '../../shared/encoding/shorten-text.ts';
import { toKubeTime } from '../../shared/resources/conditions.ts';
import { CONTROLLER_FIELD_MANAGER } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { EventNote } from './event-recorder.ts';

/** How often something was said, and when. */
export interface EventTally {
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

const MAX_MESSAGE = 1_024;
const MAX_OBJECT_NAME = 200;

/** Equal for notes that say the same of the same object. */
export function noteKey(note: EventNote): string {
  const { namespace, name, uid } = note.regarding.metadata;
  return JSON.stringify([note.regarding.kind, namespace, name, uid, note.type, note.reason, note.message]);
}

/** The Event that says `note`; `suffix` makes its name unique. Notes on cluster-scoped objects go to namespace `default`. */
export function eventObject(note: EventNote, tally: EventTally, suffix: string): KubeObject {
  const { apiVersion, kind, metadata } = note.regarding;
  const { name = 'unknown', namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name.slice(0, MAX_OBJECT_NAME).replace(/[-.]+$/, '')}.${suffix}`,
      namespace: namespace ?? 'default',
    },
    involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion },
    type: note.type,
    reason: note.reason,
    message: shortenText(note.message, MAX_MESSAGE),
    source: { component: CONTROLLER_FIELD_MANAGER },
    reportingComponent: CONTROLLER_FIELD_MANAGER,
    firstTimestamp: toKubeTime(tally.firstAt),
    lastTimestamp: toKubeTime(tally.lastAt),
    count: tally.count,
  };
}

/** The merge patch that makes an Event say that it happened `count` times, the last one at `lastAt`. */
export function repeatPatch(count: number, lastAt: Date): Record<string, unknown> {
  return { count, lastTimestamp: toKubeTime(lastAt) };
}
