import { afterAll, describe, expect, test } from 'vitest';
import { openSealedSecret } from '../../../../controller/sealed-secrets/unseal-object.ts';
import { TemplateError } from '../../../../shared/sealing/errors.ts';
import { engineMissing, requestOf, SOME_INSTANT, startEngine } from '../../../support/template-engine.ts';
import { spellingTemplates } from '../../../support/template-samples.ts';
import { firstRing, sealedOf } from '../../../support/test-secrets.ts';

const DEEP = '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}';
const GREEDY = '{{ $x := "x" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}';
const ENDLESS = '{{ range untilStep 0 100000 1 }}{{ range untilStep 0 100000 1 }}{{ end }}{{ end }}';
/** Every way to fail of which a value can choose one. */
const WAYS: readonly string[] = [
  '{{ fail "x" }}',
  '\n{{ mustFromJson "[" }}',
  '{{ .nope }}',
  '{{ index . "gone" }}',
  '{{ (fromJson "{}").hidden }}',
  '{{ .password.field }}',
  '{{ range until 200000 }}{{ "0123456789" }}{{ end }}',
  '{{ template "none" }}',
  DEEP,
  GREEDY,
  ENDLESS,
];

/** A template that fails in another way for each digit with which the value begins. */
const chooser = [
  DEEP.slice(0, DEEP.lastIndexOf('{{ template')),
  '{{ $c := substr 0 2 .password }}',
  ...WAYS.map((way, at) => `{{ if eq $c "${at + 10}" }}${way.replace(/\{\{ define.*\{\{ end \}\}/, '')}{{ end }}`),
].join('');

describe.skipIf(engineMissing)(
  `what is told openly of a failure${engineMissing === undefined ? '' : `: ${engineMissing}`}`,
  () => {
    const renderer = startEngine({ tryMs: 3_000, timeMs: 5_000, slowTimeMs: 60_000 });
    afterAll(() => renderer.close());
    const failureOf = (templates: Readonly<Record<string, string>>, values: Readonly<Record<string, string>> = {}) =>
      renderer.render(requestOf(templates, values)).then(
        () => expect.fail('it rendered'),
        (thrown: unknown) => thrown as TemplateError,
      );
    const openly = async (...request: Parameters<typeof failureOf>) => {
      const { openly: told } = await failureOf(...request);
      return told.message.replace('cannot make the Secret: ', '');
    };

    test('is the same for two passwords that templates spell out by the place of their failures', async () => {
      const templates = spellingTemplates('password', 20);
      const [one, two] = [
        await failureOf(templates, { password: 'correct-horse-batter' }),
        await failureOf(templates, { password: '7h!s_1s~4n0th3r-0n3/' }),
      ];
      // The attack is a good one: whoever sees all of it has the passwords.
      expect(one.message).not.toBe(two.message);
      expect(one).toBeInstanceOf(TemplateError);
      const told = ({ openly: { code, message, hint, cause } }: TemplateError) => ({ code, message, hint, cause });
      expect(told(one)).toEqual(told(two));
      expect(one.openly.message).toBe('cannot make the Secret: a template fails with the values that it is given');
    });

    test('is the same, as is what the controller makes of it, for every way to fail that a value chooses', async () => {
      const sealed = await sealedOf({ password: 'x' });
      const results = new Set<string>();
      const causes = new Set<string>();
      for (const at of WAYS.keys()) {
        const request = requestOf({ t: chooser }, { password: `${at + 10}` });
        const watched = {
          render: () =>
            renderer.render(request).catch((error: unknown) => {
              causes.add((error as TemplateError).code);
              throw error;
            }),
        };
        const object = { ...sealed, spec: { ...sealed.spec, template: { data: { t: chooser } } } };
        const result = await openSealedSecret(object, firstRing, {
          rendering: { renderer: watched, seed: new Uint8Array(32), at: SOME_INSTANT },
          acceptV1: true,
          surroundings: {},
        });
        results.add(JSON.stringify(result));
      }
      expect([...causes].sort()).toEqual([
        'TEMPLATE_CALL_FAILED',
        'TEMPLATE_OUTPUT_TOO_LARGE',
        'TEMPLATE_OUT_OF_MEMORY',
        'TEMPLATE_TIMED_OUT',
        'TEMPLATE_TOO_DEEP',
        'TEMPLATE_VALUE_MISSING',
      ]);
      expect([...results]).toEqual([expect.stringContaining('"state":"stalled","isLasting":true')]);
    }, 120_000);

    test.each<readonly [why: string, template: string, names: readonly string[]]>([
      ['a field', '{{ fail "x" }}{{ .nope }}', ['nope']],
      ['a field of all values', '{{ $.nope }}{{ fail "x" }}', ['nope']],
      ['an index', '{{ index . "no.pe" }}{{ index $ "gone" "x" }}', ['gone', 'no.pe']],
      ['an argument', '{{ printf "%s" .nope | upper }}{{ fail (b64enc .gone) }}', ['gone', 'nope']],
      ['a branch that is not taken', '{{ if false }}{{ .nope }}{{ else }}{{ fail "x" }}{{ end }}', ['nope']],
      ['a value of a loop', '{{ range $i := until 3 }}{{ $.nope }}{{ .inner }}{{ end }}{{ fail "x" }}', ['nope']],
      [
        'what stands behind a loop',
        '{{ with .user }}{{ .inner }}{{ else }}{{ .nope }}{{ end }}{{ fail "x" }}',
        ['nope'],
      ],
      ['a field of a field', '{{ .nope.deep }}{{ (.gone).deep }}', ['gone', 'nope']],
      ['a choice between two', '{{ or .nope .gone }}', ['gone', 'nope']],
      ['a variable', '{{ $x := .nope }}{{ $x }}', ['nope']],
      ['nothing that is there', '{{ .user }}{{ fail "x" }}', []],
      ['nothing with a default', '{{ .nope | default "x" }}{{ default 1 .gone }}{{ fail "x" }}', []],
      [
        'nothing that is only asked for',
        '{{ if and .nope (not .gone) }}{{ end }}{{ with .more }}{{ end }}{{ fail "x" }}',
        [],
      ],
      ['nothing of a defined template', '{{ define "x" }}{{ .nope }}{{ $.gone }}{{ end }}{{ template "x" . }}', []],
      ['nothing that is computed', '{{ index . (printf "%s" "nope") }}{{ fail "x" }}', []],
    ])('names %s', async (_, template, names) => {
      const told = await openly({ t: template }, { user: 'u' });
      const general = 'a template fails with the values that it is given';
      const pairs = names.map((name) => `"t" names ".${name}"`).join(', ');
      expect(told).toBe(
        names.length === 0 ? general : `a template needs a value that is not there, or fails otherwise: ${pairs}`,
      );
    });

    test('names keys of templates and values in their order, and counts what goes too far', async () => {
      expect(await openly({ b: '{{ .z }}{{ .y }}', a: '{{ .z }}' })).toMatch(
        /: "a" names "\.z", "b" names "\.y", "b" names "\.z"$/,
      );
      const many = Array.from({ length: 25 }, (_, at) => `{{ .v${at} }}`).join('');
      expect(await openly({ t: many })).toMatch(/"t" names "\.v24"|, and 5 others$/);
    });

    test('of one that does not parse is key, line and name of the function, alone', async () => {
      const templates = { a: '\n{{ end }}', b: '{{ tpl .x . }}', c: '{{ fail .password }}', d: '{{ .nope }}' };
      expect(await openly(templates, { password: 'p' })).toBe(
        'template "a", line 2: does not parse; template "b", line 1: calls "tpl", which templates of SealedSecrets do not have',
      );
    });

    test('is said with a way to find out more', async () => {
      const { openly: told } = await failureOf({ t: '{{ fail "x" }}' });
      expect(told.hint).toContain('`signet unseal` with a private key tells it');
    });
  },
);
