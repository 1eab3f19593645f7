import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseSemverRange } from '../../shared/git/semver-range.ts';
import { parseSemver } from '../../shared/git/semver-version.ts';
import { engineMissing, renderTexts, requestOf, startEngine } from '../support/template-engine.ts';

// What Flux reads ranges with, github.com/Masterminds/semver, is a part of the template engine: `semverCompare` asks it.
// The limits are those of one object on a machine that is not busy with tests.
const engine = startEngine({ tryMs: 60_000, timeMs: 60_000, slowTimeMs: 60_000 });
afterAll(() => engine.close());

const number = fc.nat(4).map(String);
const release = fc.tuple(number, number, number).map((parts) => parts.join('.'));
const suffix = fc.constantFrom('-0', '-rc.1', '-beta');
const version = fc.oneof(
  release,
  fc.tuple(release, suffix).map((parts) => parts.join('')),
);
const open = fc.oneof(
  release,
  fc.tuple(number, number).map((parts) => parts.join('.')),
  fc.tuple(number, number).map((parts) => `${parts.join('.')}.x`),
  number,
  number.map((major) => `${major}.*`),
);
const operator = fc.constantFrom('', '=', '!=', '>', '>=', '=>', '<', '<=', '=<', '~', '~>', '^');
const blank = fc.constantFrom('', ' ');
const condition = fc.tuple(operator, blank, fc.constantFrom('', 'v'), open).map((parts) => parts.join(''));
/** Below what an upper bound without a pre-release says, pre-releases of that bound differ on purpose. */
const lower = fc.tuple(fc.constantFrom('>=', '>'), release, suffix).map((parts) => parts.join(''));
const hyphen = fc.tuple(open, open).map(([from, to]) => `${from} - ${to}`);
const conditions = fc
  .tuple(fc.array(condition, { minLength: 1, maxLength: 3 }), fc.constantFrom(', ', ' ', ',', ' , '))
  .map(([all, joint]) => all.join(joint));
const alternative = fc.oneof(conditions, lower, hyphen, fc.constant('*'));
const range = fc.array(alternative, { minLength: 1, maxLength: 3 }).map((all) => all.join(' || '));

test.skipIf(engineMissing !== undefined)('a range takes the versions that Go takes', { timeout: 120_000 }, async () => {
  const cases = fc.sample(fc.tuple(range, version), { numRuns: 1_500, seed: 4_711 });
  const asked = Object.fromEntries(
    cases.map(([text, tag], at) => [`t${at}`, `{{ semverCompare ${JSON.stringify(text)} ${JSON.stringify(tag)} }}`]),
  );
  const said = await renderTexts(engine, requestOf(asked));
  const own = cases.map(([text, tag]) => {
    const parsed = parseSemver(tag);
    return parsed === null ? null : (parseSemverRange(text)?.(parsed) ?? null);
  });
  const differences = cases.flatMap(([text, tag], at) =>
    String(own[at]) === said[`t${at}`] ? [] : [`${tag} in ${text}: ${own[at]}, by Go ${said[`t${at}`]}`],
  );
  expect(differences).toEqual([]);
  expect(own).toContain(true);
  expect(own).toContain(false);
});
