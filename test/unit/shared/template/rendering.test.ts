import { afterAll, describe, expect, test } from 'vitest';
import { engineMissing, renderTexts, requestOf, startEngine } from '../../../support/template-engine.ts';
import { SAMPLE_VALUES, TEMPLATE_SAMPLES } from '../../../support/template-samples.ts';

/** Every function of sprig v3.3.0 but those that look at the machine. */
const SPRIG =
  `abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base bcrypt
  biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date date_in_zone date_modify dateInZone
  dateModify decryptAES deepCopy deepEqual default derivePassword dict dig dir div divf duration durationRound empty encryptAES ext
  fail first float64 floor fromJson genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert
  genSignedCertWithKey get has hasKey hasPrefix hasSuffix hello htmlDate htmlDateInZone htpasswd indent initial initials int int64
  isAbs join kebabcase keys kindIs kindOf last list lower max maxf merge mergeOverwrite min minf mod mul mulf must_date_modify
  mustAppend mustChunk mustCompact mustDateModify mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge
  mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll
  mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson
  mustUniq mustWithout nindent nospace now omit osBase osClean osDir osExt osIsAbs pick pluck plural prepend push quote randAlpha
  randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll
  regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver semverCompare seq set sha1sum sha256sum sha512sum
  shuffle slice snakecase sortAlpha split splitList splitn squote sub subf substr swapcase ternary title toDate toDecimal toJson
  toPrettyJson toRawJson toString toStrings trim trimall trimAll trimPrefix trimSuffix trunc tuple typeIs typeIsLike typeOf uniq
  unixEpoch unset until untilStep untitle upper urlJoin urlParse uuidv4 values without wrap wrapWith`.split(/\s+/);
const BUILTIN = 'and call html index js len not or print printf println urlquery eq ne lt le gt ge'.split(' ');

describe.skipIf(engineMissing)(`templates${engineMissing === undefined ? '' : `: ${engineMissing}`}`, () => {
  const renderer = startEngine({ timeMs: 60_000, slowTimeMs: 60_000 });
  afterAll(() => renderer.close());
  const render = (template: string, values: Record<string, string | Uint8Array> = SAMPLE_VALUES) =>
    renderTexts(renderer, requestOf({ t: template }, values)).then(({ t }) => t);

  test('print what people expect of them', async () => {
    const templates = Object.fromEntries(TEMPLATE_SAMPLES.map(([template], index) => [`t${index}`, template]));
    const outputs = await renderTexts(renderer, requestOf(templates, SAMPLE_VALUES));
    const got = TEMPLATE_SAMPLES.map(([template], index) => [template, outputs[`t${index}`]]);
    expect(got).toEqual(TEMPLATE_SAMPLES);
    expect(got.length).toBeGreaterThanOrEqual(60);
  }, 60_000);

  test('have all of sprig but what looks at the machine', async () => {
    expect(new Set(SPRIG).size).toBe(208);
    const names = [...SPRIG, ...BUILTIN];
    // A branch that is not taken is parsed, so that only unknown names fail.
    const known = Object.fromEntries(names.map((name) => [`known-${name}`, `{{ if false }}{{ ${name} }}{{ end }}`]));
    expect(Object.values(await renderTexts(renderer, requestOf(known)))).toEqual(names.map(() => ''));
    const absent = ['env', 'expandenv', 'getHostByName'];
    for (const name of absent) {
      await expect(render(`{{ if false }}{{ ${name} "HOME" }}{{ end }}`)).rejects.toMatchObject({
        code: 'TEMPLATE_SYNTAX',
        message: `cannot make the Secret: template "t", line 1: calls "${name}", which templates of SealedSecrets do not have`,
      });
    }
  }, 60_000);

  test('take and print any bytes', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const outputs = await renderer.render(requestOf({ t: '<{{ .raw }}>', b: '{{ .raw | b64enc }}' }, { raw: bytes }));
    expect(outputs.get('t')?.expose()).toEqual(Uint8Array.of(60, ...bytes, 62));
    expect(Buffer.from(outputs.get('b')?.expose() ?? []).toString()).toBe(Buffer.from(bytes).toString('base64'));
  });

  test('see the whole context, siblings as they are written', async () => {
    const siblings = { host: 'db', url: 'http://{{ .host }}' };
    expect(await render('{{ .url }} {{ len . }}', siblings)).toBe('http://{{ .host }} 2');
  });

  test('see keys that are names of object members elsewhere', async () => {
    const values = { ['__proto__']: 'a', constructor: 'b', hasOwnProperty: 'c' };
    const request = requestOf({ t: '{{ index . "__proto__" }}{{ .constructor }}{{ .hasOwnProperty }}' });
    const all = new Map(Object.entries(values).map(([key, value]) => [key, new TextEncoder().encode(value)]));
    all.set('__proto__', new TextEncoder().encode('a'));
    const outputs = await renderer.render({ ...request, values: all });
    expect(Buffer.from(outputs.get('t')?.expose() ?? []).toString()).toBe('abc');
  });

  test('do not see each other', async () => {
    const templates = { a: '{{ define "x" }}{{ end }}{{ $v := "1" }}a', b: '{{ template "x" }}' };
    await expect(renderTexts(renderer, requestOf(templates))).rejects.toMatchObject({ code: 'TEMPLATE_CALL_FAILED' });
  });

  test('have no files, no environment and no names of hosts', async () => {
    expect(await render('{{ osBase "/etc/passwd" }} {{ now | date "MST" }}')).toBe('passwd UTC');
  });

  test('show the instant of the request as the clock', async () => {
    expect(await render('{{ now | date "2006-01-02T15:04:05Z07:00" }} {{ now | unixEpoch }}')).toBe(
      '2026-03-04T05:06:07Z 1772600767',
    );
  });

  test('that make keys and hash passwords get the time for it', async () => {
    const templates = {
      ca: '{{ $ca := genCA "shop" 365 }}{{ $c := genSignedCert "db" nil (list "db.shop") 30 $ca }}{{ $c.Cert }}{{ $c.Key }}',
      bcrypt: '{{ bcrypt .password }}',
      htpasswd: '{{ htpasswd .user .password }}',
      ec: '{{ genPrivateKey "ecdsa" }}',
      ed: '{{ genPrivateKey "ed25519" }}',
      aes: '{{ encryptAES "0123456789abcdef" .password | decryptAES "0123456789abcdef" }}',
    };
    const outputs = await renderTexts(renderer, requestOf(templates, SAMPLE_VALUES));
    expect(outputs['ca']).toMatch(
      /^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----/,
    );
    expect(outputs['bcrypt']).toMatch(/^\$2a\$10\$.{53}$/);
    expect(outputs['htpasswd']).toMatch(/^joe:\$2a\$/);
    expect(outputs['ec']).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
    expect(outputs['ed']).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(outputs['aes']).toBe(SAMPLE_VALUES['password']);
  }, 60_000);
});
