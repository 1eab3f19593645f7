/**
 * @module Writes notes as core/v1 Events, behind everything else: in the background, few at a time, and while more urgent
 * work is under way only those that have waited long. A note that repeats an earlier one raises its count.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { EVENTS } from '../../shared/kube/resource-type.ts';
import { CONTROLLER_FIELD_MANAGER } from '../../shared/resources/names.ts';
import type { Logger } from '../logging/logger.ts';
import type { EventMetrics } from '../metrics/sealing-metrics.ts';
import { type EventTally, eventObject, noteKey, repeatPatch } from './event-object.ts';
import type { EventNote, EventRecorder } from './event-recorder.ts';
import { RecentEvents } from './recent-events.ts';

/** What a recorder is made of. */
export interface EventRecorderOptions {
  readonly client: Pick<KubeWriter, 'create' | 'mergePatch'>;
  readonly now: () => Date;
  readonly logger: Logger;
  readonly metrics: EventMetrics;
  /** True while work is under way that goes before events. */
  readonly isBusy: () => boolean;
}

/** A recorder that can be ended. */
export interface KubeEventRecorder extends EventRecorder {
  /** Takes no further notes, writes what waits for at most two seconds, and resolves. */
  stop(): Promise<void>;
}

const MAX_WAITING = 4_096;
const CONCURRENCY = 4;
const YIELD_MS = 100;
const MAX_YIELD_MS = 10_000;
const MAX_STOP_MS = 2_000;

/** A recorder on `options.client`. */
export function createEventRecorder(options: EventRecorderOptions): KubeEventRecorder {
  return new BackgroundRecorder(options);
}

class BackgroundRecorder implements KubeEventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #waiting = new Map<string, { note: EventNote; tally: EventTally }>();
  /** Keys of notes that are being written: one that repeats them waits until it is known whether its event is there. */
  readonly #writing = new Set<string>();
  readonly #recent: RecentEvents;
  readonly #workers = new Set<Promise<void>>();
  #stopping = false;
  #serial = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#recent = new RecentEvents();
  }

  record(note: EventNote): void {
    if (this.#stopping) return;
    const at = this.#options.now();
    const key = noteKey(note);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.tally = { ...waiting.tally, count: waiting.tally.count + 1, lastAt: at };
    } else if (this.#waiting.size >= MAX_WAITING) {
      this.#options.metrics.event('dropped');
    } else {
      this.#waiting.set(key, { note, tally: { count: 1, firstAt: at, lastAt: at } });
      this.#startWorker();
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.race([Promise.all(this.#workers), pause(MAX_STOP_MS)]);
    this.#waiting.clear();
  }

  #startWorker(): void {
    if (this.#workers.size >= CONCURRENCY) return;
    const worker = this.#work().finally(() => this.#workers.delete(worker));
    this.#workers.add(worker);
  }

  async #work(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const [key, entry] = next;
      if (this.#mustYield(entry.tally)) {
        await pause(YIELD_MS);
        continue;
      }
      this.#waiting.delete(key);
      this.#writing.add(key);
      await this.#write(key, entry.note, entry.tally);
      this.#writing.delete(key);
    }
  }

  #next(): [string, { note: EventNote; tally: EventTally }] | undefined {
    for (const entry of this.#waiting) if (!this.#writing.has(entry[0])) return entry;
    return undefined;
  }

  #mustYield(tally: EventTally): boolean {
    const waitedMs = this.#options.now().getTime() - tally.firstAt.getTime();
    return !this.#stopping && waitedMs < MAX_YIELD_MS && this.#options.isBusy();
  }

  async #write(key: string, note: EventNote, tally: EventTally): Promise<void> {
    try {
      const result = await this.#send(key, note, tally);
      this.#options.metrics.event(result);
    } catch (error) {
      this.#options.metrics.event('dropped');
      const fields = { reason: note.reason, object: note.regarding.metadata.name, error: describeError(error) };
      this.#options.logger.debug(fields, 'cannot write an event');
    }
  }

  async #send(key: string, note: EventNote, tally: EventTally): Promise<'written' | 'repeated'> {
    const earlier = this.#recent.find(key, tally.lastAt);
    if (earlier !== undefined) {
      const count = earlier.count + tally.count;
      if (await this.#repeat(earlier, repeatPatch(count, tally.lastAt))) {
        this.#recent.remember(key, { ...earlier, count, lastAt: tally.lastAt });
        return 'repeated';
      }
    }
    const event = eventObject(note, tally, this.#suffix(tally.firstAt));
    const { name = '', namespace = '' } = event.metadata;
    await this.#options.client.create(EVENTS, event, { fieldManager: CONTROLLER_FIELD_MANAGER });
    this.#recent.remember(key, { name, namespace, count: tally.count, lastAt: tally.lastAt });
    return 'written';
  }

  /** False when the earlier event has gone: the API server keeps events for an hour or so only. */
  async #repeat(earlier: { name: string; namespace: string }, patch: Record<string, unknown>): Promise<boolean> {
    try {
      await this.#options.client.mergePatch(EVENTS, earlier, patch, { fieldManager: CONTROLLER_FIELD_MANAGER });
      return true;
    } catch (error) {
      if (isKubeError(error, 'KUBE_NOT_FOUND')) return false;
      throw error;
    }
  }

  /** Unlike for each event of this process, and unlike those of an earlier one. */
  #suffix(at: Date): string {
    this.#serial = (this.#serial + 1) % 0x10000;
    return `${at.getTime().toString(16)}${this.#serial.toString(16).padStart(4, '0')}`;
  }
}

/** Waits, without keeping the program alive for it. */
function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs).unref());
}
