import { afterAll, describe, expect, test } from 'vitest';
import { engineMissing, renderTexts, requestOf, startEngine } from '../../../support/template-engine.ts';

/** Each prints something else when chance or clock is another. */
const CHANCE: Readonly<Record<string, string>> = {
  alpha: '{{ randAlpha 40 }}',
  alphaNum: '{{ randAlphaNum 40 }}',
  numeric: '{{ randNumeric 40 }}',
  ascii: '{{ randAscii 40 }}',
  bytes: '{{ randBytes 32 }}',
  int: '{{ range until 20 }}{{ randInt 0 1000000 }},{{ end }}',
  uuid: '{{ uuidv4 }}',
  shuffle: '{{ shuffle "abcdefghijklmnopqrstuvwxyz0123456789" }}',
  bcrypt: '{{ bcrypt "x" }}',
  htpasswd: '{{ htpasswd "u" "x" }}',
  aes: '{{ encryptAES "0123456789abcdef" "x" }}',
  ca: '{{ (genCA "x" 1).Cert }}',
  signed: '{{ $ca := genCA "x" 1 }}{{ (genSignedCert "y" nil nil 1 $ca).Key }}',
  selfSigned: '{{ (genSelfSignedCert "y" nil nil 1).Key }}',
  ecdsa: '{{ genPrivateKey "ecdsa" }}',
  ed25519: '{{ genPrivateKey "ed25519" }}',
  order: '{{ range until 20 }}{{ keys (dict "a" 1 "b" 2 "c" 3 "d" 4 "e" 5) }}{{ end }}',
};
const CLOCK: Readonly<Record<string, string>> = {
  now: '{{ now }}',
  epoch: '{{ now | unixEpoch }}',
  ago: '{{ ago (toDate "2006" "2020") }}',
  html: '{{ htmlDate now }}',
};
const OTHER_SEED = new Uint8Array(32).fill(8);

describe.skipIf(engineMissing)(`rendering${engineMissing === undefined ? '' : `: ${engineMissing}`}`, () => {
  const engines = [startEngine({ slowTimeMs: 60_000 }), startEngine({ slowTimeMs: 60_000 })] as const;
  afterAll(() => Promise.all(engines.map((engine) => engine.close())));
  const [first, second] = engines;

  test('gives the same bytes for the same request, also in another process and after other objects', async () => {
    const request = requestOf({ ...CHANCE, ...CLOCK }, { user: 'joe' });
    const once = await renderTexts(first, request);
    await renderTexts(first, requestOf({ t: '{{ randAlphaNum 9 }}{{ uuidv4 }}' }));
    expect(await renderTexts(first, request)).toEqual(once);
    expect(await renderTexts(second, request)).toEqual(once);
  }, 120_000);

  test('does not depend on the order in which templates and values are named', async () => {
    const request = requestOf(CHANCE, { a: '1', b: '2' });
    const turned = {
      ...request,
      templates: new Map([...request.templates].reverse()),
      values: new Map([...request.values].reverse()),
    };
    expect(await renderTexts(second, turned)).toEqual(await renderTexts(first, request));
  }, 120_000);

  test('draws everything random from the seed', async () => {
    const [one, other] = await Promise.all([
      renderTexts(first, requestOf(CHANCE)),
      renderTexts(second, requestOf(CHANCE, {}, { seed: OTHER_SEED })),
    ]);
    expect(Object.keys(CHANCE).filter((key) => one[key] === other[key])).toEqual([]);
  }, 120_000);

  test('takes the clock from the request and only from there', async () => {
    const at = new Date('2031-01-01T00:00:00.123Z');
    const [one, other] = await Promise.all([
      renderTexts(first, requestOf({ ...CLOCK, alphaNum: CHANCE['alphaNum'] ?? '' })),
      renderTexts(second, requestOf({ ...CLOCK, alphaNum: CHANCE['alphaNum'] ?? '' }, {}, { at })),
    ]);
    expect(Object.keys(one).filter((key) => one[key] === other[key])).toEqual(['alphaNum']);
    expect(other['now']).toMatch(/^2031-01-01 00:00:00\.123 \+0000 UTC/);
  });

  test('keeps nothing of one object for the next', async () => {
    const dirty =
      '{{ define "shared" }}{{ .pw }}{{ end }}{{ $d := dict }}{{ $_ := set $d "pw" .pw }}{{ template "shared" . }}';
    await renderTexts(first, requestOf({ t: dirty }, { pw: 'of the first object' }));
    await expect(first.render(requestOf({ t: '{{ template "shared" . }}' }))).rejects.toMatchObject({
      code: 'TEMPLATE_CALL_FAILED',
    });
    expect(await renderTexts(first, requestOf({ t: '{{ len . }}{{ len dict }}' }))).toEqual({ t: '00' });
  });
});
