import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { statusError } from '../../shared/kube/status-error.ts';

/** Distinct enough that no word of a message contains it by accident. */
const canary = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' }).map((text) => `cnry${text.trim()}9x`);

/** Go's `%#v` and JSON print a string in quotes; `%v` prints it bare. */
const quoted = (text: string): string => JSON.stringify(text);

/** The ways in which API servers have been seen to put a value into a message. */
const FORMS: readonly ((value: string) => { code: number; reason?: string; message: string; cause?: string })[] = [
  (value) => ({
    code: 422,
    reason: 'Invalid',
    message: '',
    cause: `Invalid value: ${quoted(value)}: field is immutable`,
  }),
  (value) => ({
    code: 422,
    reason: 'Invalid',
    message: '',
    cause: `Invalid value: {"Env":[{"Value":${quoted(value)}}]}: x`,
  }),
  (value) => ({
    code: 422,
    reason: 'Invalid',
    message: '',
    cause: `Invalid value: core.Pod{Env:[]core.Var{core.Var{Value:${quoted(value)}}}}: x`,
  }),
  (value) => ({ code: 422, reason: 'Invalid', message: '', cause: `Duplicate value: ${quoted(value)}` }),
  (value) => ({
    code: 422,
    reason: 'Invalid',
    message: '',
    cause: `Unsupported value: ${quoted(value)}: supported values: "A"`,
  }),
  (value) => ({
    code: 422,
    reason: 'Invalid',
    message: '',
    cause: `Invalid value: ${quoted(quoted(value))}: json: cannot unmarshal number`,
  }),
  (value) => ({
    code: 500,
    message: `failed to create typed patch object (n/x; v1, Kind=X): .data.a: expected string, got &value.valueUnstructured{Value:${quoted(value)}}`,
  }),
  (value) => ({
    code: 500,
    message: `failed to create typed patch object (n/x; v1, Kind=X): .data: expected map, got &{[${value}]}`,
  }),
  (value) => ({
    code: 500,
    message: `failed to create typed patch object (n/x; v1, Kind=X): errors:\n  .a: expected string, got &{${value}}\n  .b: field not declared in schema`,
  }),
  (value) => ({
    code: 400,
    reason: 'BadRequest',
    message: `v1.X.A: unexpected, error found in #10 byte of ...|${value}|..., bigger context ...|${value}|...`,
  }),
  (value) => ({
    code: 403,
    reason: 'Forbidden',
    message: `admission webhook "w.example.com" denied the request: ${value} is bad`,
  }),
  (value) => ({
    code: 403,
    reason: 'Forbidden',
    message: `admission webhook "w.example.com" denied the request: ${quoted(value)} is bad`,
  }),
  (value) => ({
    code: 422,
    reason: 'Invalid',
    message: `x is forbidden: ValidatingAdmissionPolicy 'v' with binding 'v' denied request: no ${value}`,
  }),
  (value) => ({ code: 400, reason: 'BadRequest', message: `something entirely new about ${value}` }),
  (value) => ({ code: 500, reason: 'InternalError', message: `Internal error occurred: ${quoted(value)}` }),
];

function messageOf(type: typeof SECRETS, form: (typeof FORMS)[number], value: string, sent: unknown): string {
  const { cause, ...status } = form(value);
  const details =
    cause === undefined ? undefined : { causes: [{ field: 'spec.a', reason: 'FieldValueInvalid', message: cause }] };
  const body = Buffer.from(JSON.stringify({ kind: 'Status', ...status, details }));
  const call = { verb: 'apply', type, reference: { namespace: 'n', name: 'x' }, sent } as const;
  const error = statusError(call, { status: status.code, headers: {}, body }, 0);
  return `${error.message}\n${error.hint}\n${JSON.stringify(error)}`;
}

describe('messages of the API server', () => {
  it('about a Secret quote no value, sent or stored', () => {
    fc.assert(
      fc.property(canary, fc.constantFrom(...FORMS), (value, form) => {
        expect(messageOf(SECRETS, form, value, undefined)).not.toContain(value);
      }),
      { numRuns: 500 },
    );
  });

  it('about other objects quote no value that was sent', () => {
    const place = fc.constantFrom(
      (value: string) => ({ spec: { template: { env: [{ name: 'A', value }] } } }),
      (value: string) => ({ data: { [`key`]: value } }),
      (value: string) => ({ data: { a: Buffer.from(value).toString('base64') } }),
      (value: string) => ({ metadata: { name: 'x', annotations: { a: `first line\n${value}\nlast line` } } }),
    );
    fc.assert(
      fc.property(canary, fc.constantFrom(...FORMS), place, (value, form, put) => {
        expect(messageOf(CONFIG_MAPS, form, value, put(value))).not.toContain(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('about other objects quote no stored value where the server prints whole values', () => {
    fc.assert(
      fc.property(canary, fc.constantFrom(...FORMS.slice(0, 10)), (value, form) => {
        expect(messageOf(CONFIG_MAPS, form, value, undefined)).not.toContain(value);
      }),
      { numRuns: 500 },
    );
  });
});
