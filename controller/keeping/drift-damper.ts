/** @module Slows down repairs of an object that somebody else keeps changing back, so that two writers do not race each other for ever. */
import type { ObjectKey } from '../../shared/resources/object-meta.ts';

/** Whether a repair goes ahead. `later` says when to look again, and whether this is the first time that it has to wait. */
export type RepairAdmission =
  | { readonly kind: 'now' }
  | { readonly kind: 'later'; readonly afterMs: number; readonly isFirst: boolean };

interface RepairRecord {
  /** When repairs were made; only the last few seconds count. */
  readonly repairedAt: readonly number[];
  readonly askedAt: number;
  readonly isSlow: boolean;
}

const WINDOW_MS = 10_000;
/** Repairs of one object that go ahead at once, in ten seconds. */
export const MAX_REPAIRS = 5;
/** An object for which nobody asked for this long starts afresh. */
const CALM_MS = 2 * WINDOW_MS;

/** Five repairs of one object in ten seconds go ahead at once; from then on one in ten seconds does, until it is left alone. */
export class DriftDamper {
  readonly #records = new Map<ObjectKey, RepairRecord>();

  /** Asks for a repair of `key` at `nowMs`, on a clock that never goes back. */
  admit(key: ObjectKey, nowMs: number): RepairAdmission {
    const before = this.#find(key, nowMs);
    if (before === undefined) return { kind: 'now' };
    const { repairedAt } = before;
    const isSlow = before.isSlow || repairedAt.length >= MAX_REPAIRS;
    this.#records.set(key, { repairedAt, askedAt: nowMs, isSlow });
    if (repairedAt.length < (isSlow ? 1 : MAX_REPAIRS)) return { kind: 'now' };
    return { kind: 'later', afterMs: (repairedAt.at(-1) ?? nowMs) + WINDOW_MS - nowMs, isFirst: !before.isSlow };
  }

  /** A repair of `key` was made. One that failed does not count: it undid nothing. */
  repaired(key: ObjectKey, nowMs: number): void {
    const before = this.#find(key, nowMs);
    const repairedAt = [...(before?.repairedAt ?? []), nowMs];
    this.#records.set(key, { repairedAt, askedAt: nowMs, isSlow: before?.isSlow === true });
  }

  /** Milliseconds until `key` counts as left alone; 0 when it does. */
  calmInMs(key: ObjectKey, nowMs: number): number {
    const record = this.#records.get(key);
    return record === undefined ? 0 : Math.max(0, record.askedAt + CALM_MS - nowMs);
  }

  /** Forgets objects that have been left alone. */
  sweep(nowMs: number): void {
    for (const [key, { askedAt }] of this.#records) if (nowMs - askedAt >= CALM_MS) this.#records.delete(key);
  }

  #find(key: ObjectKey, nowMs: number): RepairRecord | undefined {
    const record = this.#records.get(key);
    if (record === undefined || nowMs - record.askedAt >= CALM_MS) return undefined;
    return { ...record, repairedAt: record.repairedAt.filter((time) => time > nowMs - WINDOW_MS) };
  }
}
