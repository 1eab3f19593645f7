import { afterAll, describe, expect, test } from 'vitest';
import { createInstalledRenderer } from '../../../../shared/template/installed-engine.ts';
import { engineMissing, renderTexts, requestOf, startEngine } from '../../../support/template-engine.ts';

const ENDLESS = '{{ range untilStep 0 100000 1 }}{{ range untilStep 0 100000 1 }}{{ end }}{{ end }}';

describe.skipIf(engineMissing)(`template limits${engineMissing === undefined ? '' : `: ${engineMissing}`}`, () => {
  const renderer = startEngine({ timeMs: 60_000, slowTimeMs: 60_000 });
  const hasty = startEngine({ tryMs: 3_000, timeMs: 3_500, slowTimeMs: 8_000, idleMs: 50 });
  const cramped = startEngine({ timeMs: 60_000, outputBytes: 1_000 });
  afterAll(() => Promise.all([renderer.close(), hasty.close(), cramped.close()]));
  const failureOf = (template: string, engine = renderer) => engine.render(requestOf({ a: 'x{{ 1 }}', b: template }));

  test('a loop without end is ended, and the next object is rendered', async () => {
    await expect(failureOf(ENDLESS, hasty)).rejects.toMatchObject({
      code: 'TEMPLATE_TIMED_OUT',
      message: 'cannot make the Secret: template "b": takes too long (at most 3.5 s)',
    });
    expect(await renderTexts(hasty, requestOf({ t: '{{ 1 }}' }))).toEqual({ t: '1' });
  }, 60_000);

  test('a loop that names a slow function holds up no other object', async () => {
    const order: string[] = [];
    const slow = failureOf(`${ENDLESS}{{ bcrypt "x" }}`, hasty).catch(({ code }) => order.push(code));
    await Promise.all([slow, renderTexts(hasty, requestOf({ t: '{{ 1 }}' })).then(() => order.push('quick'))]);
    expect(order).toEqual(['quick', 'TEMPLATE_TIMED_OUT']);
  }, 60_000);

  test.each([
    ['a list of numbers without end', '{{ range until 1000000000 }}{{ end }}'],
    ['a text of 300 million letters', '{{ $x := repeat 300000000 "x" }}'],
    [
      'a text that doubles again and again',
      '{{ $x := "x" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}{{ $x | len }}',
    ],
    ['lists in lists', '{{ $x := list 1 }}{{ range until 40 }}{{ $x = concat $x $x }}{{ end }}'],
  ])(
    '%s ends in want of memory',
    async (_, template) => {
      await expect(failureOf(template)).rejects.toMatchObject({
        code: 'TEMPLATE_OUT_OF_MEMORY',
        message: 'cannot make the Secret: template "b": needs too much memory',
      });
      expect(await renderTexts(renderer, requestOf({ t: '{{ 1 }}' }))).toEqual({ t: '1' });
    },
    60_000,
  );

  test.each([
    ['one great text', '{{ repeat 10000000 "x" }}'],
    ['many small ones', '{{ range until 1000000 }}{{ "0123456789" }}{{ end }}'],
    ['what is no action', `${'x'.repeat(1_048_576)}{{ 1 }}`],
  ])(
    'output is limited to the size of a Secret: %s',
    async (_, template) => {
      await expect(failureOf(template)).rejects.toMatchObject({
        code: 'TEMPLATE_OUTPUT_TOO_LARGE',
        message: 'cannot make the Secret: template "b": prints more than a Secret can hold',
      });
    },
    60_000,
  );

  test('output is counted over all templates of an object', async () => {
    const part = '{{ repeat 400 "x" }}';
    expect(Object.keys(await renderTexts(cramped, requestOf({ a: part, b: part })))).toEqual(['a', 'b']);
    await expect(cramped.render(requestOf({ a: part, b: part, c: part }))).rejects.toThrow('template "c": prints more');
  });

  test.each([
    [
      'templates that call themselves',
      '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}',
      /TEMPLATE_TOO_DEEP/,
    ],
    [
      '50,000 parentheses',
      `{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`,
      /TEMPLATE_(TOO_DEEP|SYNTAX|OUT_OF_MEMORY)/,
    ],
    [
      '20,000 conditions in each other',
      `${'{{ if 1 }}'.repeat(20_000)}${'{{ end }}'.repeat(20_000)}`,
      /TEMPLATE_(TOO_DEEP|OUT_OF_MEMORY)/,
    ],
  ])(
    '%s end, and the next object is rendered',
    async (_, template, code) => {
      await expect(failureOf(template)).rejects.toMatchObject({ code: expect.stringMatching(code) });
      expect(await renderTexts(renderer, requestOf({ t: '{{ 1 }}' }))).toEqual({ t: '1' });
    },
    60_000,
  );

  test('too many slow objects at once are refused for now', async () => {
    const engine = startEngine({ slowTimeMs: 60_000, maxWaitingSlow: 2 });
    const results = await Promise.all(
      [1, 2, 3].map(() =>
        engine.render(requestOf({ t: '{{ bcrypt "x" }}' })).then(
          () => 'done',
          ({ code }) => code,
        ),
      ),
    );
    expect(results).toEqual(['done', 'done', 'TEMPLATE_ENGINE_BUSY']);
    await engine.close();
  }, 60_000);

  test('a closed renderer ends what runs and refuses what comes', async () => {
    const engine = startEngine({ timeMs: 60_000 });
    const running = engine.render(requestOf({ t: ENDLESS })).catch(({ code }) => code);
    const waiting = engine.render(requestOf({ t: '{{ 1 }}' })).catch(({ code }) => code);
    await engine.close();
    expect(await Promise.all([running, waiting])).toEqual(['TEMPLATE_ENGINE_FAILED', 'TEMPLATE_ENGINE_FAILED']);
    await expect(engine.render(requestOf({ t: '{{ 1 }}' }))).rejects.toMatchObject({ code: 'TEMPLATE_ENGINE_FAILED' });
    await engine.close();
  }, 60_000);
});

test('without a built program and without Go there is no engine, and the error says what to do', async () => {
  const engine = createInstalledRenderer({ variables: { PATH: '/nonexistent', XDG_CACHE_HOME: '/nonexistent' } });
  await expect(engine.render(requestOf({ t: '{{ 1 }}' }))).rejects.toMatchObject({
    code: 'TEMPLATE_ENGINE_MISSING',
    hint: expect.stringContaining('install Go'),
  });
  await engine.close();
});
