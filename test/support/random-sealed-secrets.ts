/**
 * @module SealedSecrets as a generator makes them up: plausible, odd and broken ones, some with a Secret that stands there first,
 * and each with a second generation. What Signet does differently on purpose is left out.
 */
import fc from 'fast-check';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { KubeObject, ObjectMeta } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, SecretTemplate } from '../../shared/resources/sealed-secret.ts';
import { placeOf } from '../../shared/sealing/scope.ts';
import { sealValue } from '../../shared/sealing/value-cipher.ts';
import { firstCertificate, secondCertificate } from './test-secrets.ts';

type Marks = Readonly<Record<string, string>>;

/** What one generation is sealed from. */
interface Draft {
  readonly annotations: Marks;
  readonly items: Readonly<Record<string, Uint8Array>>;
  readonly template: SecretTemplate | null;
  readonly flaw: 'none' | 'no base64' | 'another key' | 'another name';
}

/** One object, of which {@link casesOf} seals the generations. */
interface Plan {
  readonly standing: { readonly annotations: Marks; readonly type: string } | null;
  readonly drafts: readonly [Draft, Draft];
  readonly isImmutable: boolean;
  readonly skipsOwner: boolean;
}

/** One object in the order in which it is created: what stands there, the SealedSecret, and what replaces that. */
export interface RandomCase {
  readonly name: string;
  readonly standing: KubeObject | null;
  readonly generations: readonly [SealedSecret, SealedSecret];
}

const PREFIX = 'sealedsecrets.bitnami.com';
const texts = ['joe', '', 'a,b', 'p@ss "w" <1>&/\n', '{"a":[1,null]}', '{{ .no }}', 'Gr\u00fc\u00dfe, \u4e16'];
const values = fc.oneof(
  fc.constantFrom(...texts).map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 40 }),
);
const keys = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom('password', 'api.key', '.x', '-', 'constructor', 'tls.crt', 'k'.repeat(253)),
  },
  { weight: 1, arbitrary: fc.constant('..x') },
);
/** Mostly the one value that counts. */
const flags = fc.constantFrom('true', 'true', 'true', 'True', '1', 'false', ' true', '');
const marks = (names: readonly string[]) =>
  fc
    .record(Object.fromEntries(names.map((name) => [`${PREFIX}/${name}`, flags])), { requiredKeys: [] })
    .map((map) => map as Marks);
const bodies = fc.constantFrom(
  'plain }} text',
  '{{ .user }}',
  '\n {{- .user | quote -}} \n',
  '{{ if .user }}{{ index . "user" | b64enc }}{{ else }}-{{ end }}',
  '{{ range $i, $e := splitList "," .user }}{{ $i }}={{ $e | sha256sum | trunc 8 }};{{ end }}',
  '{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" .user }}{{ dict "k" .user | toJson }}',
  '{{ printf "%q %x" .user .user }}',
  '{{ .user | nope }}',
);
const metadata = fc.record(
  {
    name: fc.constantFrom('other', ''),
    namespace: fc.constantFrom('elsewhere', ''),
    labels: fc.option(
      fc.dictionary(fc.constantFrom('app', 'e.x/y'), fc.constantFrom('shop', 'cart', 'a.b', '', '', 'bad!')),
    ),
    annotations: fc.option(marks(['managed', 'patch', 'cluster-wide', 'other']), { freq: 6 }),
    creationTimestamp: fc.constant(null),
  },
  { requiredKeys: ['annotations'] },
);
const types = fc.constantFrom('', '', 'Opaque', 'Opaque', 'example.com/own', 'kubernetes.io/tls');
const template = fc.record(
  {
    metadata: fc.option(metadata, { freq: 9 }),
    type: types,
    data: fc.option(fc.dictionary(fc.constantFrom('t1', 'app.conf', '.env'), bodies, { maxKeys: 2 })),
  },
  { requiredKeys: ['metadata'] },
);
const draft: fc.Arbitrary<Draft> = fc.record({
  annotations: marks(['cluster-wide', 'namespace-wide', 'managed']),
  // Templates name it; one that names what is not there is judged differently.
  items: fc.tuple(values, fc.dictionary(keys, values, { maxKeys: 3 })).map(([user, others]) => ({ ...others, user })),
  template: fc.option(template as fc.Arbitrary<SecretTemplate>, { freq: 9 }),
  flaw: fc.oneof(
    { weight: 12, arbitrary: fc.constant<Draft['flaw']>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Draft['flaw'][]>('no base64', 'another key', 'another name') },
  ),
});
const plans: fc.Arbitrary<Plan> = fc.record({
  standing: fc.option(
    fc.record({ annotations: marks(['managed', 'patch']), type: fc.constantFrom('Opaque', 'example.com/own') }),
    { freq: 2 },
  ),
  drafts: fc.tuple(draft, draft),
  isImmutable: fc.constantFrom(true, false, false, false, false),
  skipsOwner: fc.constantFrom(true, false, false, false, false),
});

/** `count` objects for `namespace`, the same for each `seed` but for the bytes of sealed values. */
export function casesOf(namespace: string, { seed, count }: { seed: number; count: number }): Promise<RandomCase[]> {
  return Promise.all(
    fc.sample(plans, { seed, numRuns: count }).map((plan, at) => caseOf(plan, namespace, `random-${at}`)),
  );
}

async function caseOf(plan: Plan, namespace: string, name: string): Promise<RandomCase> {
  const { standing, drafts } = plan;
  const place = { namespace, name };
  const [first, second] = drafts;
  const generations = await Promise.all([sealDraft(first, plan, place), sealDraft(second, plan, place)]);
  return { name, standing: standing && standingSecret(standing, place), generations };
}

function standingSecret({ annotations, type }: NonNullable<Plan['standing']>, place: object): KubeObject {
  const labels = { app: 'before', old: 'yes' };
  const data = { mine: btoa('m'), user: btoa('before') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...place, annotations, labels }, type, data };
}

async function sealDraft({ annotations, items, template: drawn, flaw }: Draft, plan: Plan, place: ObjectMeta) {
  const metadata = { ...place, annotations };
  const { label } = placeOf({ metadata: flaw === 'another name' ? { ...place, name: 'x' } : metadata });
  const certificate = flaw === 'another key' ? secondCertificate : firstCertificate;
  const encryptedData: Record<string, string> = {};
  for (const [key, value] of Object.entries(items))
    encryptedData[key] = encodeBase64(await sealValue(certificate, label, new SecretBytes(value.slice())));
  if (flaw === 'no base64') encryptedData['user'] = '*no base64*';
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata,
    spec: { encryptedData, template: templateFor(drawn, plan) },
  } as SealedSecret;
}

/** Both generations agree on what counts at the creation of a Secret alone, and on the type of a Secret that is patched. */
function templateFor(
  drawn: SecretTemplate | null,
  { standing, drafts, isImmutable, skipsOwner }: Plan,
): SecretTemplate {
  const skip = { [`${PREFIX}/skip-set-owner-references`]: 'true', [`${PREFIX}/managed`]: 'true' };
  const annotations = { ...drawn?.metadata?.annotations, ...(skipsOwner && skip) };
  const [{ template: first }] = drafts;
  const isPatched = [standing, first?.metadata].some((meta) => meta?.annotations?.[`${PREFIX}/patch`] === 'true');
  return {
    ...drawn,
    ...(Object.keys(annotations).length > 0 && { metadata: { ...drawn?.metadata, annotations } }),
    ...(isPatched && { type: standing === null ? (first?.type ?? '') : standing.type }),
    ...(isImmutable && standing === null && { immutable: true }),
  };
}
