import { afterAll, describe, expect, test } from 'vitest';
import { engineMissing, renderTexts, requestOf, startEngine } from '../../../support/template-engine.ts';
import { MISSING_SAMPLES, SAMPLE_VALUES, SILENT_SAMPLES } from '../../../support/template-samples.ts';

const VALUES = SAMPLE_VALUES;

/** Nothing is missing where nothing missing is printed. */
const ASKED_FOR: readonly (readonly [template: string, output: string])[] = [
  ['{{ .absent | default "y" }}', 'y'],
  ['{{ default "y" .absent }}', 'y'],
  ['{{ index . "absent" | default "y" }}', 'y'],
  ['{{ coalesce .absent .user }}', 'joe'],
  ['{{ if .absent }}x{{ end }}', ''],
  ['{{ if not .absent }}x{{ end }}', 'x'],
  ['{{ with .absent }}x{{ end }}', ''],
  ['{{ range .absent }}x{{ end }}', ''],
  ['{{ $x := .absent }}', ''],
  ['{{ $x := .absent }}{{ $x = "y" }}{{ $x }}', 'y'],
  ['{{ or .absent "y" }}', 'y'],
  ['{{ empty .absent }}', 'true'],
  ['{{ hasKey (fromJson .json) "absent" }}', 'false'],
  ['{{ .absent | toJson }}', 'null'],
  ['{{ .empty }}', ''],
  ['{{ index . "empty" }}', ''],
  ['{{ eq (index . "absent") "" }}', 'true'],
  ['{{ "<no value>" }}', '<no value>'],
];

describe.skipIf(engineMissing)(
  `a value that is not there${engineMissing === undefined ? '' : `: ${engineMissing}`}`,
  () => {
    const renderer = startEngine({ timeMs: 60_000 });
    afterAll(() => renderer.close());
    const keyed = (samples: readonly (readonly [string, string])[]) =>
      Object.fromEntries(samples.map(([template], index) => [`t${index}`, template]));

    test.each([...MISSING_SAMPLES, ...SILENT_SAMPLES])('is an error that names it in %s', async (template, subject) => {
      const problem = subject === '' ? 'prints a value that is not there' : `there is no value for "${subject}"`;
      await expect(renderer.render(requestOf({ 'app.conf': template }, VALUES))).rejects.toMatchObject({
        code: 'TEMPLATE_VALUE_MISSING',
        message: expect.stringMatching(/^cannot make the Secret: template "app\.conf", line 1, column \d+: /),
        hint: expect.stringContaining('default'),
      });
      await expect(renderer.render(requestOf({ 'app.conf': template }, VALUES))).rejects.toThrow(problem);
    });

    test('is told with its line and column', async () => {
      await expect(renderer.render(requestOf({ t: 'one\ntwo {{ .user }}\n  {{ .absent }}' }, VALUES))).rejects.toThrow(
        'cannot make the Secret: template "t", line 3, column 6: there is no value for ".absent"',
      );
    });

    test('is told for every template that prints one', async () => {
      await expect(renderer.render(requestOf({ a: '{{ .x }}', b: 'fine', c: '\n{{ .y }}' }, VALUES))).rejects.toThrow(
        'template "a", line 1, column 4: there is no value for ".x"; template "c", line 2, column 4: there is no value for ".y"',
      );
    });

    test('is printed as Go prints it where that is asked for', async () => {
      const outputs = await renderTexts(renderer, requestOf(keyed(MISSING_SAMPLES), VALUES, { missing: 'no-value' }));
      expect(Object.values(outputs).filter((output) => !output.includes('<no value>'))).toEqual([]);
      const silent = await renderTexts(renderer, requestOf(keyed(SILENT_SAMPLES), VALUES, { missing: 'no-value' }));
      expect(Object.values(silent).join('')).toBe('');
    });

    test.each(['error', 'no-value'] as const)('is no matter where it is not printed (%s)', async (missing) => {
      const outputs = await renderTexts(renderer, requestOf(keyed(ASKED_FOR), VALUES, { missing }));
      expect(ASKED_FOR.map(([template], index) => [template, outputs[`t${index}`]])).toEqual(ASKED_FOR);
    });

    test('cannot be hidden by calling the check itself', async () => {
      await expect(renderer.render(requestOf({ t: '{{ signetCheck 0 "x" }}' }, VALUES))).rejects.toMatchObject({
        code: 'TEMPLATE_SYNTAX',
      });
    });
  },
);
