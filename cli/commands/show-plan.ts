/** @module Prints a plan in the form that is asked for, with everything that is to be said beside it. */
import { countOf } from '../../shared/encoding/count-of.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { PreviewApproval } from '../../shared/sync/preview-approval.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';
import { describeProblem } from '../../shared/sync-plan/render-problem.ts';
import { hasFindings, type Plan, summarizePlan } from '../output/plan-counts.ts';
import { formatPlanJson } from '../output/plan-json.ts';
import { formatPlanMarkdown } from '../output/plan-markdown.ts';
import { formatPlan } from '../output/plan-text.ts';
import { wantsColour } from '../terminal/colour.ts';
import { CliError, throwIfAny } from '../terminal/errors.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';
import { writeResult } from './write-result.ts';

/** The form of a plan. */
export type PlanForm = 'text' | 'markdown' | 'json';

/** Prints `plan`, and says whether there is anything to do. @throws SeveralErrors with everything that is wrong with the files */
export async function showPlan(session: Session, plan: Plan, form: PlanForm = 'text'): Promise<ExitCode> {
  const { skipped, refusal } = plan.preview;
  throwIfProblems(plan.preview, 'a sync of these files would be refused whole');
  for (const { file, reason } of skipped) session.report.note(`${file} is left out: ${reason}`);
  for (const { identity, notes = [] } of plan.preview.actions)
    for (const note of notes) session.report.note(`${describeIdentity(identity)} ${note}`);
  await writeResult(session, { text: formatAs(plan, form, session), file: undefined, access: 'public' });
  if (refusal !== null) session.report.warn(`the sync would be refused whole: ${refusal.message}`, refusal.hint);
  tellApproval(session, plan.preview.approval);
  session.report.note(`${plan.revision}: ${summarizePlan(plan.preview)}`);
  return hasFindings(plan.preview) ? EXIT.findings : EXIT.done;
}

function tellApproval({ report }: Session, approval: PreviewApproval | undefined): void {
  if (approval === undefined) return;
  const what = `${countOf(approval.items.length, 'object')} only with approval`;
  const hint = approval.command ?? 'files that are no commit cannot be approved; their commit can';
  report.warn(`the sync would delete or make anew ${what}`, hint);
}

function formatAs(plan: Plan, form: PlanForm, { io }: Session): string {
  if (form === 'json') return formatPlanJson(plan);
  if (form === 'markdown') return formatPlanMarkdown(plan);
  return formatPlan(plan.preview, { isColoured: wantsColour(io) });
}

/** @throws SeveralErrors with everything that is wrong with the files; `consequence` says what does not happen because of it */
export function throwIfProblems({ problems }: SyncPreview, consequence: string): void {
  const errors = problems.map((problem) => {
    const { hint } = problem;
    return new CliError('CLI_OBJECT_INVALID', describeProblem(problem), hint === undefined ? {} : { hint });
  });
  throwIfAny(errors, consequence);
}
