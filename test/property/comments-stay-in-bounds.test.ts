import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../cli/output/plan-counts.ts';
import { formatPlanMarkdown } from '../../cli/output/plan-markdown.ts';
import { toPrintable, toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import { readMarkdown } from '../support/read-markdown.ts';

const HOSTILE = [
  '`',
  '```',
  '\n',
  '\r',
  '<img src=x>',
  '</details>',
  '@everyone',
  '](x)',
  '|',
  '#1',
  '~~~',
  ' ',
  '\u2028',
  '&lt;',
  '*',
  '\\',
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 8 })), { maxLength: 8 })
  .map((parts) => parts.join(''));
const kinds = fc.constantFrom<PlannedAction['kind']>(
  'create',
  'update',
  'prune',
  'keep',
  'conflict',
  'failed',
  'unchanged',
);
const signs = fc.constantFrom('+', '-', ' ', '@@ ');

/** Every line that a comment may have outside of blocks, with a bullet for each inline code. */
const OWN_LINES: readonly RegExp[] = [
  /^$/,
  /^### Sync plan(?: of •)?$/,
  /^•: (?:\*\*[a-z0-9, ]+\*\*|nothing to do \([a-z0-9, ]+\))$/,
  /^- \*\*(?:create|update|prune|keep|conflict|failed)\*\* •(?: \(•\))?(?:: •)?$/,
  /^ {2}- •$/,
  /^\*\*The sync would be refused whole\*\* \(EmptyRender\): •$/,
  /^To mend it: •$/,
  /^_Too long for a comment: [a-z0-9, ]+\._$/,
  /^\d files? left out of the sync\.$/,
];

function actions(size: { readonly objects: number; readonly lines: number }): fc.Arbitrary<readonly PlannedAction[]> {
  const diffs = fc.array(
    fc.tuple(signs, texts).map(([sign, text]) => `${sign}${text}`),
    { maxLength: size.lines, size: 'max' },
  );
  const action = fc.record(
    {
      kind: kinds,
      identity: fc.record({ group: texts, kind: texts, namespace: texts, name: texts }),
      origin: fc.record({ file: texts, line: fc.nat(), document: fc.nat() }),
      reason: texts,
      notes: fc.array(texts, { maxLength: 2 }),
      diff: diffs,
    },
    { requiredKeys: ['kind', 'identity'] },
  );
  return fc.array(action, { maxLength: size.objects, size: 'max' });
}

function plans(size: { readonly objects: number; readonly lines: number }): fc.Arbitrary<Plan> {
  const refusal = fc.record({ reason: fc.constant('EmptyRender' as const), message: texts, hint: texts });
  const skipped = fc.array(fc.record({ file: texts, reason: texts }), { maxLength: 3 });
  const preview = fc.record({
    actions: actions(size),
    problems: fc.constant([]),
    skipped,
    refusal: fc.option(refusal),
    plainSecrets: fc.constant([]),
  });
  return fc.record({ gitSync: fc.option(texts), revision: texts, preview });
}

test('a comment is never longer than what a host takes, however much there is to say', () => {
  const many = fc.oneof(plans({ objects: 60, lines: 60 }), plans({ objects: 1_500, lines: 1 }));
  fc.assert(
    fc.property(many, fc.integer({ min: 40_000, max: 65_536 }), (plan, limit) => {
      expect(formatPlanMarkdown(plan, limit).length).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 40 },
  );
});

test('text from files and clusters is in code only, and code holds it as it is', () => {
  fc.assert(
    fc.property(plans({ objects: 6, lines: 6 }), (plan) => {
      const { prose, code, blocks } = readMarkdown(formatPlanMarkdown(plan));
      for (const line of prose.split('\n'))
        expect(
          OWN_LINES.some((own) => own.test(line)),
          line,
        ).toBe(true);
      const shown = plan.preview.actions.filter(({ kind }) => kind !== 'unchanged');
      const diffs = shown.flatMap(({ diff = [] }) => (diff.length === 0 ? [] : [diff]));
      const expected = diffs.map((diff) =>
        diff.map((line) => `  ${toPrintable(line.replaceAll('\n', '\\n'))}`).join('\n'),
      );
      expect(blocks).toEqual(expected);
      for (const { identity } of shown)
        expect(code.map(collapse)).toContain(collapse(toPrintableLine(describeIdentity(identity))));
    }),
  );
});

/** A space at both ends may be lost on the way; nothing else. */
function collapse(text: string): string {
  return text.trim();
}
