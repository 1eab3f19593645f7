/** @module Tells what lint found while sealing: as warnings, or with `--strict` as errors that stop everything. */
import type { Command } from 'commander';
import { LintError } from '../../shared/sealing/errors.ts';
import type { LintFinding } from '../../shared/sealing/lint-finding.ts';
import { describeObject, type ManifestObject } from '../manifests/manifest-objects.ts';
import { throwIfAny } from '../terminal/errors.ts';
import type { Report } from '../terminal/report.ts';

/** How findings are taken. */
export interface LintOptions {
  readonly strict?: boolean;
}

/** A finding, and where it is as a message says it: `a.yaml:1: document 1: Secret "shop/db"`. */
export interface LocatedFinding extends LintFinding {
  readonly place: string;
}

/** Declares `--strict`. */
export function addLintOptions(command: Command): Command {
  return command.option(
    '--strict',
    'refuse what only gives a warning otherwise, such as a value that ends in a line break',
  );
}

/** `findings` of the object in `source`. */
export function locateFindings(
  { place, value }: Pick<ManifestObject, 'place' | 'value'>,
  findings: readonly LintFinding[],
): readonly LocatedFinding[] {
  return findings.map((finding) => ({ ...finding, place: `${place}: ${describeObject(value)}` }));
}

/**
 * Warns of `findings`. With `strict` it throws them instead.
 * @param consequence what did not happen then
 * @throws SeveralErrors of LintError
 */
export function reportFindings(
  report: Pick<Report, 'warn'>,
  findings: readonly LocatedFinding[],
  { strict, consequence }: LintOptions & { readonly consequence: string },
): void {
  const texts = findings.map((finding) => ({ ...finding, text: `${finding.place}: ${finding.message}` }));
  if (strict === true)
    throwIfAny(
      texts.map(({ code, text, hint }) => new LintError(code, text, { hint })),
      consequence,
    );
  for (const { text, hint } of texts) report.warn(text, hint);
}
