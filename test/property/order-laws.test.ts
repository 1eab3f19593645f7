import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectKey } from '../../shared/resources/object-meta.ts';
import { stageOf, toApplyStages, toPruneStages } from '../../shared/sync-plan/order.ts';
import { identities } from '../support/plan-arbitraries.ts';

const items = fc.array(
  identities.map((identity) => ({ identity })),
  { maxLength: 12 },
);

test('every object is in exactly one stage, and stages come in their order', () => {
  fc.assert(
    fc.property(items, (list) => {
      const stages = toApplyStages(list);
      const keys = stages.flatMap((stage) => stage.items.map(({ identity }) => objectKey(identity)));
      expect(keys.toSorted()).toEqual(list.map(({ identity }) => objectKey(identity)).sort());
      expect(stages.map(({ stage }) => stage)).toEqual(
        [...new Set(list.map(({ identity }) => stageOf(identity)))].sort(),
      );
      for (const stage of stages) {
        for (const { identity } of stage.items) expect(stageOf(identity)).toBe(stage.stage);
      }
    }),
  );
});

test('the order within a stage does not depend on the order of the files', () => {
  fc.assert(
    fc.property(items, fc.nat(), (list, turn) => {
      const shift = list.length === 0 ? 0 : turn % list.length;
      const turned = [...list.slice(shift), ...list.slice(0, shift)];
      expect(toApplyStages(turned)).toEqual(toApplyStages(list));
    }),
  );
});

test('pruning goes through the stages backwards', () => {
  fc.assert(
    fc.property(items, (list) => {
      expect(toPruneStages(list)).toEqual(toApplyStages(list).toReversed());
    }),
  );
});
