import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeDelivery } from '../../controller/webhooks/judge-delivery.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { identifyRepository } from '../../shared/git/repository-identity.ts';
import type { WebhookProvider } from '../../shared/resources/git-sync.ts';
import { hmacOf, pushFrom } from '../support/webhook-deliveries.ts';

const SIGNING = ['GitHub', 'Gitea', 'Bitbucket', 'Generic'] as const satisfies readonly WebhookProvider[];
const PUSH = { url: 'https://git.example.com/a/b.git', reference: 'refs/heads/main' };
const JSON_TYPE = { 'content-type': 'application/json' };
/** Which header authenticates, beside those that do not. */
const AUTHENTIC = /signature|token/;

const provider = fc.constantFrom<WebhookProvider>(...SIGNING, 'GitLab');
const token = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 64 });

function judge(one: WebhookProvider, headers: Readonly<Record<string, string>>, body: Uint8Array, text: string) {
  const header = (name: string): string | undefined => (Object.hasOwn(headers, name) ? headers[name] : undefined);
  return judgeDelivery({ header, body }, one, SecretBytes.fromText(text));
}

test('a body of which any byte is another one is refused, wherever bodies are signed', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SIGNING),
      token,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (one, text, at, flip) => {
        const { headers, body } = pushFrom(one, PUSH, text);
        const bytes = Buffer.from(body);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        expect(judge(one, headers, bytes, text).kind).toBe('refused');
        expect(judge(one, headers, Buffer.from(body).subarray(0, index), text).kind).toBe('refused');
      },
    ),
  );
});

test('a signature or token of which any character is another one, is missing or is added, is refused', () => {
  const edit = fc.tuple(fc.nat(), fc.nat(2), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(provider, token, edit, (one, text, [at, length, insert]) => {
      const { headers, body } = pushFrom(one, PUSH, text);
      const [name = '', value = ''] = Object.entries(headers).find(([key]) => AUTHENTIC.test(key)) ?? [];
      const index = at % value.length;
      const changed = value.slice(0, index) + insert + value.slice(index + length);
      // The digits of a signature have no case.
      fc.pre(changed !== value && (one === 'GitLab' || changed.toLowerCase() !== value.toLowerCase()));
      expect(judge(one, { ...headers, [name]: changed }, Buffer.from(body), text).kind).toBe('refused');
    }),
  );
});

test('another token is refused', () => {
  fc.assert(
    fc.property(provider, token, token, (one, right, wrong) => {
      fc.pre(right !== wrong);
      const { headers, body } = pushFrom(one, PUSH, wrong);
      expect(judge(one, headers, Buffer.from(body), right).kind).toBe('refused');
    }),
  );
});

/** Payloads with the right names at the right places, and anything at all in them. */
const field = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(PUSH.url), fc.constant(PUSH.reference));
const payload = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      ref: field,
      repository: fc.oneof(
        field,
        fc.record(
          {
            clone_url: field,
            ssh_url: field,
            html_url: field,
            links: fc.oneof(field, fc.record({ clone: field, html: field })),
          },
          { requiredKeys: [] },
        ),
      ),
      project: fc.oneof(field, fc.record({ git_http_url: field, web_url: field }, { requiredKeys: [] })),
      changes: fc.oneof(field, fc.array(fc.oneof(field, fc.record({ ref: field }, { requiredKeys: [] })))),
      push: fc.oneof(
        field,
        fc.record({ changes: fc.array(fc.record({ new: field, old: field }, { requiredKeys: [] })) }),
      ),
    },
    { requiredKeys: [] },
  ),
);

test('no JSON breaks anything, and what is taken from it is text', () => {
  fc.assert(
    fc.property(provider, payload, (one, value) => {
      const body = JSON.stringify(value);
      const { headers } = pushFrom(one, PUSH, 't');
      const signature = hmacOf(body, 't');
      const signed = {
        ...JSON_TYPE,
        ...headers,
        ...(one === 'GitHub' && { 'x-hub-signature-256': `sha256=${signature}` }),
        ...(one === 'Gitea' && { 'x-gitea-signature': signature }),
        ...(one === 'Bitbucket' && { 'x-hub-signature': `sha256=${signature}` }),
        ...(one === 'Generic' && { 'x-signature': `sha256=${signature}` }),
      };
      const verdict = judge(one, signed, Buffer.from(body), 't');
      expect(verdict.kind).toBe('push');
      if (verdict.kind !== 'push') return;
      const { addresses, references } = verdict.hint;
      for (const text of [...addresses, ...references]) expect(typeof text).toBe('string');
      for (const address of addresses) identifyRepository(address);
    }),
  );
});

test('no text breaks the comparison of addresses', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.string().map((rest) => `https://${rest}`),
  );
  fc.assert(
    fc.property(text, (address) => {
      const identity = identifyRepository(address);
      if (identity !== null) expect(identity.path).toMatch(/^[^/].*$/s);
    }),
  );
});
