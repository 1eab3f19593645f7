import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressingStatus, statusOf } from '../../controller/sealed-secrets/sealed-secret-status.ts';
import type { Verdict } from '../../controller/sealed-secrets/verdict.ts';
import { type Condition, toKubeTime } from '../../shared/resources/conditions.ts';
import type { SealedSecretStatus } from '../../shared/resources/sealed-secret.ts';
import { liveSealed } from '../support/live-objects.ts';

const verdicts: fc.Arbitrary<Verdict> = fc
  .constantFrom<Pick<Verdict, 'state' | 'reason' | 'message'>>(
    { state: 'unsealed', reason: 'Unsealed', message: '' },
    { state: 'stalled', reason: 'KeyNotFound', message: 'a' },
    { state: 'stalled', reason: 'Malformed', message: 'b' },
    { state: 'waiting', reason: 'SecretExists', message: 'c' },
  )
  .map((verdict) => ({ ...verdict, record: null, attempt: null }));

/** A SealedSecret whose status is written over and over, a second apart. */
class Written {
  #status: SealedSecretStatus | undefined;
  #generation = 1;
  #second = 0;

  edit(): void {
    this.#generation += 1;
  }

  announce(): void {
    this.#status = { ...this.#status, ...progressingStatus(this.#sealed(), this.#tick()) };
  }

  /** The condition `Synced` after the write of `verdict`, and when that was. */
  write(verdict: Verdict): { synced: Condition | undefined; at: string } {
    const now = this.#tick();
    this.#status = statusOf(this.#sealed(), verdict, { now, before: null });
    return { synced: this.#status.conditions?.[0], at: toKubeTime(now) };
  }

  #sealed() {
    return liveSealed({ metadata: { generation: this.#generation }, ...(this.#status && { status: this.#status }) });
  }

  #tick(): Date {
    this.#second += 1;
    return new Date(this.#second * 1_000);
  }
}

const scripts = fc.array(fc.record({ verdict: verdicts, isEdited: fc.boolean(), announcements: fc.nat({ max: 2 }) }), {
  minLength: 1,
});

test('through edits and announcements lastTransitionTime of Synced moves exactly when True becomes False, or back', () => {
  fc.assert(
    fc.property(scripts, (script) => {
      const object = new Written();
      let before: Condition | undefined;
      for (const { verdict, isEdited, announcements } of script) {
        if (isEdited) object.edit();
        for (let count = 0; count < announcements; count += 1) object.announce();
        const { synced, at } = object.write(verdict);
        const isSame = before?.status === synced?.status;
        expect(synced).toMatchObject({ type: 'Synced', lastTransitionTime: isSame ? before?.lastTransitionTime : at });
        before = synced;
      }
    }),
  );
});
