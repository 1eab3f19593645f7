import { expect, test } from 'vitest';
import { formatCheckJson } from '../../../../cli/output/check-json.ts';
import { formatCheckMarkdown } from '../../../../cli/output/check-markdown.ts';
import type { CheckReport } from '../../../../cli/output/check-report.ts';
import { formatCheckText } from '../../../../cli/output/check-text.ts';
import { findingOf } from '../../../../shared/opengitops/finding.ts';

const report: CheckReport = {
  checkedAt: '2026-03-01T12:00:00.000Z',
  gitSyncs: [
    {
      name: 'shop/shop',
      url: 'https://example.com/shop.git',
      revision: 'main@sha1:3f2a',
      findings: [
        findingOf('renders', ['pass', '2 objects in 1 file']),
        findingOf('secrets', ['fail', 'Secret shop/a (a.yaml:1) is in Git in plain text', 'and \u001b[31m`1` more']),
        findingOf('commit', ['pass', 'main@sha1:3f2a is applied']),
      ],
    },
  ],
};

test('for people, the principle stands once, and each piece of evidence on a line of its own', () => {
  expect(formatCheckText(report)).toBe(
    [
      'shop/shop: 2 pass, 1 fail',
      'PRINCIPLE                 CHECK     RESULT   EVIDENCE',
      'Declarative               renders   pass     2 objects in 1 file',
      '                          secrets   fail     Secret shop/a (a.yaml:1) is in Git in plain text',
      '                                             and \\x1b[31m`1` more',
      'Versioned and Immutable   commit    pass     main@sha1:3f2a is applied',
      '',
    ].join('\n'),
  );
});

test('as JSON, each field of docs/opengitops.md is there under its name', () => {
  const document = JSON.parse(formatCheckJson(report));
  expect(Object.keys(document)).toEqual(['form', 'principles', 'checkedAt', 'result', 'gitSyncs', 'notChecked']);
  expect(document).toMatchObject({ form: 1, principles: 'OpenGitOps v1.0.0', result: 'fail' });
  const [gitSync] = document.gitSyncs;
  expect(Object.keys(gitSync)).toEqual(['name', 'url', 'revision', 'result', 'findings']);
  expect(gitSync.findings[0]).toEqual({
    check: 'renders',
    principle: 'Declarative',
    question: 'Does the applied commit say all of it as data, with no step that somebody has to run?',
    result: 'pass',
    evidence: ['2 objects in 1 file'],
  });
});

test('as Markdown, evidence stands in code, whatever it holds', () => {
  const text = formatCheckMarkdown(report);
  expect(text).toContain('#### `shop/shop` at `main@sha1:3f2a`: 2 pass, 1 fail\n');
  expect(text).toContain('- **fail** Are the credentials in Git sealed?\n');
  expect(text).toContain('  - ``and \\x1b[31m`1` more``\n');
  expect(text).toContain('Not checked:\n');
});
