import { expect, test } from 'vitest';
import type { Delivery } from '../../../../controller/webhooks/delivery.ts';
import { judgeDelivery } from '../../../../controller/webhooks/judge-delivery.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { WebhookProvider } from '../../../../shared/resources/git-sync.ts';
import { hmacOf, pushFrom, type SignedDelivery } from '../../../support/webhook-deliveries.ts';

const TOKEN = 'the token';

function toDelivery({ headers, body }: SignedDelivery): Delivery {
  return { header: (name) => headers[name], body: encodeUtf8(body) };
}

function judge(provider: WebhookProvider, delivery: SignedDelivery, token = TOKEN) {
  return judgeDelivery(toDelivery(delivery), provider, SecretBytes.fromText(token));
}

const JSON_TYPE = { 'content-type': 'application/json' };
const PUSH = { url: 'https://git.example.com/a/b.git', reference: 'refs/heads/main' };
const PROVIDERS: readonly WebhookProvider[] = ['GitHub', 'GitLab', 'Gitea', 'Bitbucket', 'Generic'];

// Published examples: GitHub's and Bitbucket's documentation, and RFC 4231, case 2.
test.each([
  [
    'GitHub',
    {
      header: 'x-hub-signature-256',
      key: "It's a Secret to Everybody",
      body: 'Hello, World!',
      value: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  ],
  [
    'Bitbucket',
    {
      header: 'x-hub-signature',
      key: "It's a Secret to Everybody",
      body: 'Hello World!',
      value: 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9',
    },
  ],
  [
    'Generic',
    {
      header: 'x-signature',
      key: 'Jefe',
      body: 'what do ya want for nothing?',
      value: 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    },
  ],
  [
    'Generic',
    {
      header: 'x-signature',
      key: 'Jefe',
      body: 'what do ya want for nothing?',
      value:
        'sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    },
  ],
  [
    'Gitea',
    {
      header: 'x-gitea-signature',
      key: 'Jefe',
      body: 'what do ya want for nothing?',
      value: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    },
  ],
] as const)(
  '%s: a published signature is right, and a changed one is wrong (%#)',
  (provider, { header, key, body, value }) => {
    expect(judge(provider, { headers: { [header]: value }, body }, key).kind).not.toBe('refused');
    const changed = value.slice(0, -1) + (value.endsWith('0') ? '1' : '0');
    const wrongs = [
      changed,
      value.slice(0, -2),
      `${value}00`,
      `${value}, ${value}`,
      `${value}\n`,
      ` ${value}`,
      'sha256=',
      '',
    ];
    for (const wrong of wrongs)
      expect([wrong, judge(provider, { headers: { [header]: wrong }, body }, key).kind]).toEqual([wrong, 'refused']);
    expect(judge(provider, { headers: { [header]: value }, body: `${body} ` }, key).kind).toBe('refused');
    expect(judge(provider, { headers: {}, body }, key).kind).toBe('refused');
  },
);

test.each(PROVIDERS)('%s: nobody but who knows the token is believed', (provider) => {
  const delivery = pushFrom(provider, PUSH, TOKEN);
  expect(judge(provider, delivery).kind).toBe('push');
  expect(judge(provider, delivery, 'other').kind).toBe('refused');
  expect(judge(provider, { ...delivery, headers: JSON_TYPE }).kind).toBe('refused');
  // An empty token is one that everybody knows.
  expect(judge(provider, pushFrom(provider, PUSH, ''), '').kind).toBe('refused');
});

test('a token is not taken from the header of another provider', () => {
  for (const provider of PROVIDERS)
    for (const other of PROVIDERS.filter((one) => one !== provider))
      expect([provider, other, judge(provider, pushFrom(other, PUSH, TOKEN)).kind]).toEqual([
        provider,
        other,
        'refused',
      ]);
});

test.each(['gitea', 'forgejo', 'gogs'])('the headers of %s are those of one family', (product) => {
  const body = JSON.stringify({ ref: PUSH.reference, repository: { clone_url: PUSH.url } });
  const headers = { ...JSON_TYPE, [`x-${product}-event`]: 'push', [`x-${product}-signature`]: hmacOf(body, TOKEN) };
  expect(judge('Gitea', { headers, body })).toEqual({
    kind: 'push',
    hint: { addresses: [PUSH.url], references: [PUSH.reference] },
  });
});

test('the payload of each provider tells addresses and references', () => {
  const hintOf = (provider: WebhookProvider) => {
    const verdict = judge(provider, pushFrom(provider, PUSH, TOKEN));
    return verdict.kind === 'push' ? verdict.hint : null;
  };
  const web = 'https://git.example.com/a/b';
  const references = [PUSH.reference];
  expect(hintOf('GitHub')).toEqual({ addresses: [PUSH.url, web], references });
  expect(hintOf('Gitea')).toEqual({ addresses: [PUSH.url, web], references });
  expect(hintOf('GitLab')).toEqual({ addresses: [PUSH.url, 'git@elsewhere.example:a/b.git', web], references });
  expect(hintOf('Bitbucket')).toEqual({ addresses: ['ssh://git@other.example:7999/x/y.git', PUSH.url], references });
  expect(hintOf('Generic')).toEqual({ addresses: [], references: [] });
});

test('Bitbucket Cloud tells of branches and tags, new and gone', () => {
  const body = JSON.stringify({
    repository: { full_name: 'a/b', links: { html: { href: 'https://bitbucket.org/a/b' } } },
    push: {
      changes: [
        { new: { type: 'branch', name: 'main' }, old: { type: 'branch', name: 'main' } },
        { new: { type: 'tag', name: 'v1' }, old: null },
        { new: null, old: { type: 'branch', name: 'gone' } },
        null,
        7,
      ],
    },
  });
  const headers = { ...JSON_TYPE, 'x-event-key': 'repo:push', 'x-hub-signature': `sha256=${hmacOf(body, TOKEN)}` };
  expect(judge('Bitbucket', { headers, body })).toEqual({
    kind: 'push',
    hint: {
      addresses: ['https://bitbucket.org/a/b'],
      references: ['refs/heads/main', 'refs/heads/main', 'refs/tags/v1', 'refs/heads/gone'],
    },
  });
});

test.each([
  ['GitHub', { 'x-github-event': 'ping' }, 'ping'],
  ['GitHub', { 'x-github-event': 'issues' }, 'other'],
  ['GitHub', {}, 'other'],
  ['GitLab', { 'x-gitlab-event': 'Tag Push Hook' }, 'push'],
  ['GitLab', { 'x-gitlab-event': 'Issue Hook' }, 'other'],
  ['Gitea', { 'x-gitea-event': 'create' }, 'other'],
  ['Bitbucket', { 'x-event-key': 'diagnostics:ping' }, 'ping'],
  ['Bitbucket', { 'x-event-key': 'pr:opened' }, 'other'],
  ['Bitbucket', { 'x-event-key': 'constructor' }, 'other'],
] as const)('%s with %j is %s', (provider, event, kind) => {
  const { headers, body } = pushFrom(provider, PUSH, TOKEN);
  const signature = Object.fromEntries(Object.entries(headers).filter(([name]) => !/event/.test(name)));
  expect(judge(provider, { headers: { ...signature, ...event }, body }).kind).toBe(kind);
});

test('the form that GitHub sends by default is read, and what is neither is refused with a word', () => {
  const signed = (body: string, type: string): SignedDelivery => ({
    headers: {
      ...(type !== '' && { 'content-type': type }),
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${hmacOf(body, TOKEN)}`,
    },
    body,
  });
  const payload = JSON.stringify({ ref: 'refs/heads/a+b', repository: { clone_url: PUSH.url } });
  const form = new URLSearchParams({ payload }).toString();
  const type = 'application/x-www-form-urlencoded';
  expect(judge('GitHub', signed(form, type))).toEqual({
    kind: 'push',
    hint: { addresses: [PUSH.url], references: ['refs/heads/a+b'] },
  });
  expect(judge('GitHub', signed(payload, 'Application/JSON; charset=utf-8')).kind).toBe('push');
  for (const other of ['', 'text/plain', 'multipart/form-data', 'application/jsonp'])
    expect(judge('GitHub', signed(payload, other))).toEqual({
      kind: 'unreadable',
      status: 415,
      reason: `send the payload as application/json or ${type}`,
    });
  for (const wrong of ['', '{', 'payload={', 'nothing=1'])
    expect(judge('GitHub', signed(wrong, type))).toMatchObject({ kind: 'unreadable', status: 400 });
  expect(judge('GitHub', signed('{"ref":', 'application/json'))).toMatchObject({ kind: 'unreadable', status: 400 });
});

test('a payload of many changes counts up to a hundred of them', () => {
  const body = JSON.stringify({
    changes: Array.from({ length: 5_000 }, (_, at) => ({ ref: { id: `refs/heads/${at}` } })),
  });
  const headers = {
    ...JSON_TYPE,
    'x-event-key': 'repo:refs_changed',
    'x-hub-signature': `sha256=${hmacOf(body, TOKEN)}`,
  };
  const verdict = judge('Bitbucket', { headers, body });
  expect(verdict.kind === 'push' && verdict.hint.references.length).toBe(100);
});
