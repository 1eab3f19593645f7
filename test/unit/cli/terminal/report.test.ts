import { expect, test } from 'vitest';
import { CliError, LocatedError, SeveralErrors } from '../../../../cli/terminal/errors.ts';
import { createReport } from '../../../../cli/terminal/report.ts';

function reported(task: (report: ReturnType<typeof createReport>) => void, env: Record<string, string> = {}): string {
  let text = '';
  task(createReport({ env, stderr: { write: (part) => (text += part) } }));
  return text;
}

test('every line of a report begins with the name of the program', () => {
  const text = reported((report) => {
    report.note('one\ntwo');
    report.warn('careful', 'look');
  });
  expect(text).toBe('signet: one\\ntwo\nsignet: warning: careful\nsignet: hint: look\n');
});

test('an error shows its own message and those of causes that are ours, and nothing of other causes', () => {
  const inner = new CliError('CLI_OUTPUT_FAILED', 'inner reason', { cause: new Error('hunter2'), hint: 'inner hint' });
  const text = reported((report) => report.fail(new CliError('CLI_USAGE', 'outer', { cause: inner })));
  expect(text).toBe('signet: error: outer: inner reason\nsignet: hint: inner hint\n');
});

test('a located error says its message once', () => {
  const error = new LocatedError('a.yaml', new CliError('CLI_INPUT_EMPTY', 'is empty', { hint: 'fill it' }));
  expect(reported((report) => report.fail(error))).toBe('signet: error: a.yaml: is empty\nsignet: hint: fill it\n');
});

test('several errors come with each hint once, and then their consequence', () => {
  const errors = ['a', 'b'].map((name) => new CliError('CLI_INPUT_EMPTY', name, { hint: 'same' }));
  const text = reported((report) => report.fail(new SeveralErrors(errors, 'nothing done')));
  expect(text).toBe('signet: error: a\nsignet: error: b\nsignet: hint: same\nsignet: nothing done\n');
});

test('an unforeseen error shows where it arose and never what it says', () => {
  const error = new SyntaxError('Unexpected token in "hunter2"');
  const text = reported((report) => report.fail(error));
  expect(text).toMatch(/^signet: error: a defect in signet: SyntaxError at .*report\.test\.ts/);
  expect(text).toContain('SIGNET_DEBUG=1');
  expect(text).not.toContain('hunter2');
  expect(reported((report) => report.fail(error), { SIGNET_DEBUG: '1' })).not.toContain('hunter2');
});

test('an unforeseen error with lines of its own in the message hides those, too', () => {
  const text = reported((report) => report.fail(new Error('first\nhunter2\n    at hunter3')));
  expect(text).not.toMatch(/hunter[23]/);
});

test('a thrown value that is no error is reported by its type', () => {
  expect(reported((report) => report.fail('hunter2'))).toMatch(/^signet: error: a defect in signet: string\n/);
});
