import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { engineMissing, renderTexts, requestOf, startEngine } from '../../../support/template-engine.ts';

const CANARY = 'c4n4ry-v4lue';
const VALUES = {
  pw: CANARY,
  json: `{"secret":"${CANARY}","list":[1],"n":null}`,
  bad: `[${CANARY}`,
  fake: `template: template:9:9: executing "x" at <y>: error calling ${CANARY}: ${CANARY}`,
  fakeParse: `template: template:1: function "${CANARY}" not defined`,
};

/** Each fails, and Go's own words for most of them quote a value. */
const FAILING: readonly (readonly [template: string, code: string, problem: RegExp])[] = [
  ['{{ fail .pw }}', 'TEMPLATE_CALL_FAILED', /line 1, column 4: function "fail" fails$/],
  ['{{ .pw | fail }}', 'TEMPLATE_CALL_FAILED', /line 1, column 10: function "fail" fails$/],
  ['{{ fail .fake }}', 'TEMPLATE_CALL_FAILED', /line 1, column 4: function "fail" fails$/],
  ['{{ fail (printf "%s %s" .pw .fakeParse) }}', 'TEMPLATE_CALL_FAILED', /function "fail" fails$/],
  ['{{ if eq .pw "x" }}{{ else }}{{ fail .pw }}{{ end }}', 'TEMPLATE_CALL_FAILED', /"fail" fails$/],
  ['{{ mustRegexMatch .bad "x" }}', 'TEMPLATE_CALL_FAILED', /"mustRegexMatch" fails$/],
  ['{{ regexMatch .bad "x" | fail }}', 'TEMPLATE_CALL_FAILED', /column/],
  ['{{ regexFind .bad "x" }}', 'TEMPLATE_CALL_FAILED', /"regexFind" fails$/],
  ['{{ regexReplaceAll .bad "x" "y" }}', 'TEMPLATE_CALL_FAILED', /"regexReplaceAll" fails$/],
  ['{{ mustFromJson .pw }}', 'TEMPLATE_CALL_FAILED', /"mustFromJson" fails$/],
  ['{{ mustToDate "2006" .pw }}', 'TEMPLATE_CALL_FAILED', /"mustToDate" fails$/],
  ['{{ mustDateModify .pw now }}', 'TEMPLATE_CALL_FAILED', /"mustDateModify" fails$/],
  ['{{ semver .pw }}', 'TEMPLATE_CALL_FAILED', /"semver" fails$/],
  ['{{ semverCompare .pw "1.0.0" }}', 'TEMPLATE_CALL_FAILED', /"semverCompare" fails$/],
  ['{{ urlParse (printf "%s://%%zz" .pw) }}', 'TEMPLATE_CALL_FAILED', /"urlParse" fails$/],
  ['{{ decryptAES .pw .pw }}', 'TEMPLATE_CALL_FAILED', /"decryptAES" fails$/],
  ['{{ buildCustomCert .pw .pw }}', 'TEMPLATE_CALL_FAILED', /"buildCustomCert" fails$/],
  ['{{ genPrivateKey .pw | fail }}', 'TEMPLATE_CALL_FAILED', /"fail" fails$/],
  ['{{ index .pw 9999 }}', 'TEMPLATE_CALL_FAILED', /"index" fails$/],
  ['{{ index .pw "x" }}', 'TEMPLATE_CALL_FAILED', /"index" fails$/],
  ['{{ index . .pw .pw }}', 'TEMPLATE_CALL_FAILED', /"index" fails$/],
  ['{{ slice .pw 5 1 }}', 'TEMPLATE_CALL_FAILED', /"slice" fails$/],
  ['{{ first .pw }}', 'TEMPLATE_CALL_FAILED', /"first" fails$/],
  ['{{ mustChunk 0 .pw }}', 'TEMPLATE_CALL_FAILED', /"mustChunk" fails$/],
  ['{{ trunc .pw .pw }}', 'TEMPLATE_CALL_FAILED', /a value does not fit what is done with it$/],
  ['{{ add1 }}', 'TEMPLATE_CALL_FAILED', /"add1" fails$/],
  ['{{ upper }}', 'TEMPLATE_CALL_FAILED', /"upper" fails$/],
  ['{{ upper .pw .pw }}', 'TEMPLATE_CALL_FAILED', /"upper" fails$/],
  ['{{ call .pw }}', 'TEMPLATE_CALL_FAILED', /"call" fails$/],
  ['{{ lt .pw 1 }}', 'TEMPLATE_CALL_FAILED', /"lt" fails$/],
  ['{{ eq . .pw }}', 'TEMPLATE_CALL_FAILED', /"eq" fails$/],
  ['{{ len 3 }}', 'TEMPLATE_CALL_FAILED', /"len" fails$/],
  ['{{ keys . }}', 'TEMPLATE_CALL_FAILED', /column 9: a value does not fit/],
  ['{{ .pw.field }}', 'TEMPLATE_CALL_FAILED', /a value does not fit what is done with it$/],
  ['{{ (fromJson .json).secret.deeper }}', 'TEMPLATE_CALL_FAILED', /a value does not fit/],
  ['{{ (fromJson .json).n.deeper.still }}', 'TEMPLATE_CALL_FAILED', /a value does not fit/],
  ['{{ range .pw }}{{ end }}', 'TEMPLATE_CALL_FAILED', /a value does not fit/],
  ['{{ template "none" .pw }}', 'TEMPLATE_CALL_FAILED', /a value does not fit/],
  ['{{ set .pw "a" "b" }}', 'TEMPLATE_CALL_FAILED', /a value does not fit/],
  ['{{ dig "secret" "x" "y" (fromJson .json) }}', 'TEMPLATE_CALL_FAILED', /"dig" fails$/],
  ['{{ repeat -1 .pw }}', 'TEMPLATE_CALL_FAILED', /"repeat" fails$/],
  ['{{ .bad', 'TEMPLATE_SYNTAX', /template "t", line 1: does not parse$/],
  ['{{ if }}', 'TEMPLATE_SYNTAX', /does not parse$/],
  ['\n\n{{ end }}', 'TEMPLATE_SYNTAX', /line 3: does not parse$/],
  ['{{ undefinedFunction .pw }}', 'TEMPLATE_SYNTAX', /line 1: does not parse$/],
  [`{{ ${CANARY.replaceAll('-', '_')} }}`, 'TEMPLATE_SYNTAX', /does not parse$/],
  ['{{ "unclosed }}', 'TEMPLATE_SYNTAX', /does not parse$/],
  ['{{ include "x" . }}', 'TEMPLATE_SYNTAX', /calls "include", which templates of SealedSecrets do not have$/],
  ['{{ tpl .pw . }}', 'TEMPLATE_SYNTAX', /calls "tpl"/],
  ['{{ required .pw .absent }}', 'TEMPLATE_SYNTAX', /calls "required"/],
];

/** Go's words do not get out, and neither do results that tell of a failure by the value itself. */
const HARMLESS: readonly string[] = [
  '{{ atoi .pw }}',
  '{{ fromJson .pw | toJson }}',
  '{{ b64dec "!" | trunc 7 }}',
  '{{ toDate "2006" .pw | date "2006" }}',
];

describe.skipIf(engineMissing)(`template errors${engineMissing === undefined ? '' : `: ${engineMissing}`}`, () => {
  const renderer = startEngine({ timeMs: 60_000, slowTimeMs: 60_000 });
  afterAll(() => renderer.close());
  const failureOf = (template: string) =>
    renderer.render(requestOf({ t: template }, VALUES)).then(
      () => expect.fail('it rendered'),
      (thrown: unknown) => thrown as Error & { code: string; hint: string },
    );

  test.each(FAILING)('quote no value: %s', async (template, code, problem) => {
    const error = await failureOf(template);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(problem);
    const everything = [
      error.message,
      error.hint,
      error.stack,
      JSON.stringify(error),
      inspect(error, { depth: 20 }),
    ].join();
    for (const text of [CANARY, CANARY.replaceAll('-', '_'), ...Object.values(VALUES)])
      expect(everything).not.toContain(text);
  });

  test.each(HARMLESS)('are as rare as with sealed-secrets: %s', async (template) => {
    const { t } = await renderTexts(renderer, requestOf({ t: template }, VALUES));
    expect(t).not.toContain(CANARY);
  });

  test('name the function that fails inside of others', async () => {
    const error = await failureOf('{{ printf "%s" (upper (fail .pw)) }}');
    expect(error.message).toBe('cannot make the Secret: template "t", line 1, column 24: function "fail" fails');
  });

  test('name the function that fails inside of a defined template', async () => {
    const error = await failureOf('{{ define "x" }}\n  {{ semver . }}{{ end }}{{ template "x" .pw }}');
    expect(error.message).toContain('line 2, column 6: function "semver" fails');
  });

  test('quote the key of the template, so that it cannot forge a line', async () => {
    await expect(renderer.render(requestOf({ 'a"\nall is well': '{{' }))).rejects.toThrow(
      'template "a\\"\\nall is well", line 1: does not parse',
    );
  });

  test('say how to mend them, once for each cause', async () => {
    await expect(renderer.render(requestOf({ a: '{{', b: '{{', c: '{{ .x }}' }))).rejects.toMatchObject({
      hint: 'correct its syntax and the names of its functions, or write {{ "{{" }} for braces that are text; seal the missing value, or give a default, as in {{ .user | default "admin" }}',
    });
  });
});
