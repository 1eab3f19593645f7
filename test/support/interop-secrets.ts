/** @module Secrets that a program for SealedSecrets must carry over unchanged, and what they are once opened. */
import type { Secret } from '../../shared/resources/secret.ts';
import { type Scope, scopeAnnotations } from '../../shared/sealing/scope.ts';

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64');
/** Text that repeats at no block length of a cipher, of exactly `bytes` bytes. */
const longText = (bytes: number): string => {
  const lines = Array.from({ length: Math.ceil(bytes / 8) }, (_, index) => `${index.toString(36).padStart(7, '.')}\n`);
  return lines.join('').slice(0, bytes);
};

/** Each by what it shows; all are named `shop/db`. */
export const INTEROP_SECRETS: Readonly<Record<string, Secret>> = {
  'empty values beside others': secret({ data: { empty: '', full: base64('x') } }),
  'binary values': secret({
    data: {
      bytes: base64(everyByte),
      zeros: base64(new Uint8Array(64)),
      'not-utf8': base64(Uint8Array.of(0xff, 0xfe)),
    },
  }),
  'values of every length around the cipher blocks': secret({
    data: Object.fromEntries(
      [1, 15, 16, 17, 31, 32, 33, 255, 4096].map((length) => [`of-${length}`, base64(longText(length))]),
    ),
  }),
  'unicode text': secret({
    stringData: { greeting: 'gr\u00fc\u00df dich, \u4e16\u754c \ud83d\udd11', combining: 'e\u0301', lines: 'a\r\nb\n' },
  }),
  'stringData over data': secret({
    data: { both: base64('from data'), 'only.data': base64('d') },
    stringData: { both: 'wins', only_text: 't' },
  }),
  'a value of 1 MB': secret({ data: { blob: base64(longText(1_000_000)) } }),
  'type kubernetes.io/dockerconfigjson': secret({
    type: 'kubernetes.io/dockerconfigjson',
    stringData: {
      '.dockerconfigjson': JSON.stringify({ auths: { 'images.example.com': { auth: base64('shop:canary') } } }),
    },
  }),
  'labels, annotations, finalizers and immutable': secret({
    immutable: true,
    metadata: {
      name: 'db',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/name': 'shop', empty: '' },
      annotations: { 'example.com/note': 'line one\nline two: "quoted" <&>', 'example.com/yes': 'true' },
      finalizers: ['example.com/hold'],
    },
    data: { password: base64('hunter2') },
  }),
  'immutable false': secret({ immutable: false, data: { password: base64('hunter2') } }),
};

/** What `sealed` in `scope` opens to: values in `data`, and the annotation that selects the scope. */
export function openedFrom(sealed: Secret, scope: Scope): Secret {
  const { stringData, metadata, ...rest } = sealed;
  const annotations = { ...metadata.annotations, ...scopeAnnotations(scope) };
  const texts = Object.entries(stringData ?? {}).map(([key, text]) => [key, base64(text)]);
  return {
    ...rest,
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    data: { ...sealed.data, ...Object.fromEntries(texts) },
  };
}

/** `original` with the annotation that asks for `scope`. */
export function askingFor(original: Secret, scope: Scope): Secret {
  const annotations = { ...original.metadata.annotations, ...scopeAnnotations(scope) };
  return { ...original, metadata: { ...original.metadata, annotations } };
}

function secret(fields: Partial<Secret>): Secret {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'shop' }, ...fields };
}
