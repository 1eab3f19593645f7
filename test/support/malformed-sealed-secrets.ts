/** @module SealedSecrets as an API server may hold them and a controller must survive them: made of a good one and up to four damages. */
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from '../../shared/encoding/base64.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';

type Fields = Record<string, unknown>;
type Damage = (sealed: Fields) => void;

const HUGE = 200_000;

/** Damaged copies of `good`, each with the name that `nameOf` gives to its number. */
export function malformedSealedSecrets(
  good: SealedSecret,
  { count, nameOf }: { readonly count: number; readonly nameOf: (at: number) => string },
): readonly SealedSecret[] {
  const damages = fc.array(damage(good), { minLength: 1, maxLength: 4 });
  // One seed, so that a failure can be looked at again.
  return fc.sample(damages, { numRuns: count, seed: 20_261_121 }).map((chosen, at) => {
    const copy = structuredClone(good) as unknown as Fields;
    for (const change of chosen) change(copy);
    const metadata = { ...(copy['metadata'] as Fields), name: nameOf(at), namespace: good.metadata.namespace };
    return { ...copy, metadata } as unknown as SealedSecret;
  });
}

function damage(good: SealedSecret): fc.Arbitrary<Damage> {
  const [key = '', text = ''] = Object.entries(good.spec.encryptedData)[0] ?? [];
  return fc.oneof(
    { weight: 4, arbitrary: damagedValue(text).map((value) => onItems((items) => ({ ...items, [key]: value }))) },
    { weight: 2, arbitrary: itemKeys.map((name) => onItems((items) => withOwn(items, name, text))) },
    { weight: 2, arbitrary: template.map((value) => onSpec((spec) => ({ ...spec, template: value }))) },
    fc.string({ maxLength: 40 }).map((value) => onSpec((spec) => ({ ...spec, data: btoa(encodeURI(value)) }))),
    fc.constant(onSpec((spec) => ({ ...spec, data: text }))),
    fc.constant(onItems(() => ({}))),
    fc.constant(onItems((items) => manyOf(items, text))),
    annotations.map((value) => onMetadata((metadata) => ({ ...metadata, annotations: value }))),
  );
}

function damagedValue(text: string): fc.Arbitrary<string> {
  const bytes = decodeBase64(text);
  return fc.oneof(
    fc.nat(text.length).map((end) => text.slice(0, end)),
    fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) }).map(({ at, bit }) => {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      return encodeBase64(flipped);
    }),
    fc.uint8Array({ maxLength: 700 }).map((random) => encodeBase64(random)),
    fc.uint8Array({ minLength: 250, maxLength: 600 }).map((random) => encodeBase64(Uint8Array.of(1, 0, ...random))),
    fc.string({ maxLength: 60 }),
    fc.constantFrom('', '=', 'AgA', 'REPLACE_ME', `${text}\n`, ` ${text}`, text.replaceAll('A', '-'), text + text),
    fc.constant(encodeBase64(new Uint8Array(HUGE))),
  );
}

const itemKeys = fc.constantFrom(
  ...[
    '__proto__',
    'constructor',
    'toString',
    '',
    '.',
    '..',
    '../../etc',
    'a b',
    'ключ',
    'x'.repeat(254),
    'a/b',
    '\u0000',
  ],
);

const texts = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('app', '__proto__', 'a/b/c', 'x'.repeat(300))),
  fc.oneof(fc.string({ maxLength: 20 }), fc.constant('x'.repeat(1_000))),
  { maxKeys: 3 },
);

const template = fc.oneof(
  fc.constant(null),
  fc.record(
    {
      type: fc.oneof(
        fc.string({ maxLength: 30 }),
        fc.constantFrom('kubernetes.io/tls', 'kubernetes.io/dockerconfigjson'),
      ),
      immutable: fc.boolean(),
      metadata: fc.oneof(
        fc.constant(null),
        fc.record(
          { labels: texts, annotations: texts, finalizers: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }) },
          { requiredKeys: [] },
        ),
      ),
      data: fc.dictionary(
        fc.constantFrom('config', 'password', 'a b', '__proto__'),
        fc.constantFrom(
          ...[
            'plain',
            '{{',
            '{{ .password',
            '{{ .nowhere }}',
            '{{ fail .password }}',
            '{{ atoi .password }}',
            '{{/* */}}',
          ],
          ...['{{ index .password 99999 }}', '{{ printf "%d" .password }}', '{{ template "x" }}', '{{ env "HOME" }}'],
          ...[
            '{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}',
            '{{ fromJson .password }}',
            '{{ b64dec .password }}',
          ],
          ...['{{ repeat 2000000 .password }}', '{{ regexMatch .password "[" }}', '{{ regexMatch "[" .password }}'],
        ),
        { maxKeys: 2 },
      ),
    },
    { requiredKeys: [] },
  ),
);

const annotations = fc.dictionary(
  fc.constantFrom(
    'sealedsecrets.bitnami.com/cluster-wide',
    'sealedsecrets.bitnami.com/namespace-wide',
    'sealedsecrets.bitnami.com/managed',
    'signet.dev/receipt',
    'signet.dev/drift',
  ),
  fc.constantFrom(
    'true',
    'True',
    '',
    '{}',
    '{"v":1}',
    '{"v":1,"keys":{"__proto__":{}}}',
    '['.repeat(5_000),
    'ignore',
    '\u0000',
  ),
  { maxKeys: 3 },
);

function onSpec(change: (spec: Fields) => Fields): Damage {
  return (sealed) => {
    sealed['spec'] = change(sealed['spec'] as Fields);
  };
}

function onMetadata(change: (metadata: Fields) => Fields): Damage {
  return (sealed) => {
    sealed['metadata'] = change(sealed['metadata'] as Fields);
  };
}

function onItems(change: (items: Fields) => Fields): Damage {
  return onSpec((spec) => ({ ...spec, encryptedData: change(spec['encryptedData'] as Fields) }));
}

/** Assignment would lose a key named `__proto__`. */
function withOwn(items: Fields, name: string, value: string): Fields {
  return Object.fromEntries([...Object.entries(items), [name, value]]);
}

function manyOf(items: Fields, text: string): Fields {
  return {
    ...items,
    ...Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`item-${at}`, text.slice(0, 400 + at)])),
  };
}
