import { describe, expect, it } from 'vitest';
import type { Call } from '../../../../shared/kube/call.ts';
import { CONFIG_MAPS, type ResourceType, SEALED_SECRETS, SECRETS } from '../../../../shared/kube/resource-type.ts';
import { statusError, statusObjectError } from '../../../../shared/kube/status-error.ts';
import { DEPLOYMENTS } from '../../../support/resource-types.ts';

const callOf = (type: ResourceType, sent?: unknown): Call => ({
  verb: 'apply',
  type,
  reference: { namespace: 'shop', name: 'x' },
  sent,
});

interface Refusal {
  readonly code: number;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: unknown;
}

function errorOf(type: ResourceType, status: Refusal, sent?: unknown) {
  const body = Buffer.from(JSON.stringify({ kind: 'Status', status: 'Failure', ...status }));
  return statusError(callOf(type, sent), { status: status.code, headers: {}, body }, 0);
}

const problemOf = (type: ResourceType, status: Refusal, sent?: unknown): string =>
  errorOf(type, status, sent).message.replace(`cannot apply ${type.kind} shop/x: `, '');

/** The message and causes of a 422, as an API server composes them. */
function invalid(...causes: { field: string; reason: string; message: string }[]): Refusal {
  const message = `Thing "x" is invalid: ${causes.map((cause) => `${cause.field}: ${cause.message}`).join(', ')}`;
  return { code: 422, reason: 'Invalid', message, details: { name: 'x', kind: 'Thing', causes } };
}

// Messages of kube-apiserver 1.35, except where a comment names another version.
describe('statusError of server-side apply', () => {
  const typed = (faults: string): Refusal => ({
    code: 500,
    message: `failed to create typed patch object (shop/x; apps/v1, Kind=Deployment): ${faults}`,
  });

  it('names the field of a wrong type without its value', () => {
    const faults =
      '.spec.template.spec.containers[name="c"].env[name="A"].value: expected string, got &value.valueUnstructured{Value:12345678}';
    const error = errorOf(DEPLOYMENTS, typed(faults));
    expect(error.message).toBe(
      'cannot apply Deployment shop/x: spec.template.spec.containers[name="c"].env[name="A"].value: expected string',
    );
    expect(error.code).toBe('KUBE_INVALID');
  });

  it('names all fields of a list of faults', () => {
    const faults =
      'errors:\n  .data.d: expected string, got &value.valueUnstructured{Value:[]interface {}{"CANARY"}}\n  .data.b: expected string, got &value.valueUnstructured{Value:5.5}';
    expect(problemOf(CONFIG_MAPS, typed(faults))).toBe('data.d: expected string; data.b: expected string');
  });

  it('stops at a value that is printed with its line breaks', () => {
    expect(problemOf(SECRETS, typed('.stringData: expected map, got &{[CANARY a\nCANARY: b]}'))).toBe(
      'stringData: expected map',
    );
  });

  it('keeps the words of a number', () => {
    expect(problemOf(DEPLOYMENTS, typed('.spec.replicas: expected numeric (int or float), got string'))).toBe(
      'spec.replicas: expected numeric (int or float)',
    );
  });

  it('names an unknown field', () => {
    expect(problemOf(DEPLOYMENTS, typed('.spec.foo: field not declared in schema'))).toBe('spec.foo: unknown field');
  });

  it('names the list that has two entries of one key', () => {
    expect(problemOf(DEPLOYMENTS, typed('.spec.env: duplicate entries for key [name="A"]'))).toBe(
      'spec.env: two entries with the same key',
    );
  });

  it('leaves the members of a set out of a path', () => {
    expect(problemOf(DEPLOYMENTS, typed('.metadata.finalizers[="CANARY"]: expected string, got x'))).toBe(
      'metadata.finalizers[…]: expected string',
    );
  });

  it('says that a value is not base64', () => {
    const message =
      'failed to convert new object (shop/x; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 11';
    const error = errorOf(SECRETS, { code: 500, message });
    expect(error.message).toBe('cannot apply Secret shop/x: a value is not base64 (at byte 11)');
    expect(error.code).toBe('KUBE_INVALID');
  });
});

describe('statusError of malformed bodies', () => {
  const bad = (message: string): Refusal => ({ code: 400, reason: 'BadRequest', message });

  it('names the field of a wrong type', () => {
    const message =
      'Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal number into Go struct field Secret.data of type []uint8';
    expect(problemOf(SECRETS, bad(message))).toBe('data: expected base64 text, found number');
  });

  it('drops the number that other versions print', () => {
    const message = 'json: cannot unmarshal number 12345678 into Go struct field EnvVar.spec.env.value of type string';
    expect(problemOf(DEPLOYMENTS, bad(message))).toBe('spec.env.value: expected a string, found number');
  });

  it('names every unknown and duplicate field', () => {
    const message =
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.template.spec.containers[0].env[0].valu", duplicate field "spec.replicas"';
    expect(problemOf(DEPLOYMENTS, bad(message))).toBe(
      'spec.template.spec.containers[0].env[0].valu: unknown field; spec.replicas: duplicate field',
    );
  });

  it('drops the bytes around a fault that old decoders print', () => {
    const message =
      'v1.Thing.Spec: decode slice: expect [ or n, but found {, error found in #10 byte of ...|lue":"CANARY"}}|..., bigger context ...|{"a":"CANARY"}|...';
    expect(problemOf(DEPLOYMENTS, bad(message))).toBe('v1.Thing.Spec: decode slice: expect [ or n, but found {…}');
  });

  it('drops the text that could not be parsed', () => {
    const message = `the object provided is unrecognized (must be of type Thing): couldn't get version/kind; json parse error: unexpected end of JSON input ({"apiVersion":"v1","a":"CANARY ...)`;
    expect(problemOf(DEPLOYMENTS, bad(message))).not.toContain('CANARY');
  });

  it('says nothing about a Secret that it does not know to be harmless', () => {
    expect(problemOf(SECRETS, bad('something new about CANARY'))).toBe(
      'the API server refused it with HTTP 400 (BadRequest)',
    );
    expect(problemOf(SEALED_SECRETS, bad('something new about CANARY'))).not.toContain('CANARY');
  });
});

describe('statusError of invalid objects', () => {
  it('tells field and fault, and drops the value', () => {
    const cause = {
      field: 'spec.selector',
      reason: 'FieldValueInvalid',
      message: 'Invalid value: {"matchLabels":{"app":"CANARY"}}: field is immutable',
    };
    const error = errorOf(DEPLOYMENTS, invalid(cause));
    expect(error.message).toBe('cannot apply Deployment shop/x: spec.selector: invalid value: field is immutable');
    expect(error.causes).toEqual([{ field: 'spec.selector', reason: 'FieldValueInvalid' }]);
  });

  it('drops a value in the syntax of older versions', () => {
    const value =
      'core.PodTemplateSpec{Spec:core.PodSpec{Env:[]core.EnvVar{core.EnvVar{Name:"A", Value:"CANARY\\": field"}}}}';
    const cause = {
      field: 'spec.template',
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${value}: field is immutable`,
    };
    expect(problemOf(DEPLOYMENTS, invalid(cause))).toBe('spec.template: invalid value: field is immutable');
  });

  it('keeps a fault that needs no explanation', () => {
    const cause = { field: 'data[tls.crt]', reason: 'FieldValueRequired', message: 'Required value' };
    expect(problemOf(SECRETS, invalid(cause))).toBe('data[tls.crt]: required value');
  });

  it('keeps harmless explanations about Secrets', () => {
    const causes = [
      {
        field: 'data',
        reason: 'FieldValueForbidden',
        message: 'Forbidden: field is immutable when `immutable` is set',
      },
      { field: 'data', reason: 'FieldValueTooLong', message: 'Too long: may not be more than 1048576 bytes' },
      {
        field: 'metadata.labels',
        reason: 'FieldValueInvalid',
        message: 'Invalid value: "CANARY": must be no more than 63 characters',
      },
    ];
    expect(problemOf(SECRETS, invalid(...causes))).toBe(
      'data: forbidden: field is immutable when `immutable` is set; data: too long: may not be more than 1048576 bytes; metadata.labels: invalid value: must be no more than 63 characters',
    );
  });

  it('keeps no other explanation about Secrets', () => {
    const message = `Invalid value: "<secret contents redacted>": invalid character 'C' looking for beginning of value`;
    const cause = { field: 'data[.dockerconfigjson]', reason: 'FieldValueInvalid', message };
    expect(problemOf(SECRETS, invalid(cause))).toBe('data[.dockerconfigjson]: invalid value');
  });

  it('drops the whole live object that a merge patch of a wrong type is answered with', () => {
    const live = JSON.stringify(JSON.stringify({ kind: 'Secret', data: { a: 'CANARY' } }));
    const message = `Invalid value: ${live}: json: cannot unmarshal number into Go struct field Secret.data of type []uint8`;
    expect(problemOf(SECRETS, invalid({ field: 'patch', reason: 'FieldValueInvalid', message }))).toBe(
      'patch: invalid value: data: expected base64 text, found number',
    );
  });

  it('drops a value that was cut', () => {
    const message = 'Invalid value: "CANARY and no end';
    expect(problemOf(DEPLOYMENTS, invalid({ field: 'spec.a', reason: 'FieldValueInvalid', message }))).toBe(
      'spec.a: invalid value',
    );
  });

  it('keeps what is supported', () => {
    const message = 'Unsupported value: "CANARY": supported values: "A", "B"';
    expect(problemOf(DEPLOYMENTS, invalid({ field: 'spec.e', reason: 'FieldValueNotSupported', message }))).toBe(
      'spec.e: unsupported value: supported values: "A", "B"',
    );
  });

  it('cuts examples and patterns off', () => {
    const message = `Invalid value: "bad key": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', regex used for validation is '[-._a-zA-Z0-9]+')`;
    expect(problemOf(SECRETS, invalid({ field: 'data[bad key]', reason: 'FieldValueInvalid', message }))).toBe(
      "data[bad key]: invalid value: a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    );
  });

  it('leaves out causes without a field and says others once', () => {
    const twice = { field: 'spec.selector', reason: 'FieldValueRequired', message: 'Required value' };
    const none = {
      field: '<nil>',
      reason: 'FieldValueInvalid',
      message: 'Invalid value: null: some validation rules were not checked',
    };
    expect(problemOf(DEPLOYMENTS, invalid(twice, twice, none))).toBe('spec.selector: required value');
  });

  it('marks a value that an explanation quotes', () => {
    const message = 'Invalid value: "x": the value CANARY-4711 is taken';
    const cause = { field: 'spec.a', reason: 'FieldValueInvalid', message };
    expect(problemOf(DEPLOYMENTS, invalid(cause), { spec: { b: 'CANARY-4711' } })).toBe(
      'spec.a: invalid value: the value [withheld] is taken',
    );
  });

  it('bounds a long list of causes', () => {
    const causes = Array.from({ length: 50 }, (_, at) => ({
      field: `f${at}`,
      reason: 'FieldValueRequired',
      message: 'Required value',
    }));
    expect(problemOf(DEPLOYMENTS, invalid(...causes))).toMatch(/f9: required value; and 40 more$/);
  });
});

describe('statusError of rights and rules', () => {
  const forbidden = (message: string, code = 403): Refusal => ({ code, reason: 'Forbidden', message });

  it('names who may not do what', () => {
    const message =
      'secrets "x" is forbidden: User "system:serviceaccount:shop:deployer" cannot patch resource "secrets" in API group "" in the namespace "shop"';
    expect(problemOf(SECRETS, forbidden(message))).toBe(
      'User "system:serviceaccount:shop:deployer" may not patch secrets in namespace shop',
    );
  });

  it('names rights at cluster scope', () => {
    const message =
      'x is forbidden: User "u" cannot create resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope';
    expect(problemOf(DEPLOYMENTS, forbidden(message))).toBe(
      'User "u" may not create clusterroles.rbac.authorization.k8s.io at cluster scope',
    );
  });

  it('names a quota', () => {
    const message =
      'secrets "x" is forbidden: exceeded quota: small, requested: secrets=1, used: secrets=1, limited: secrets=1';
    expect(problemOf(SECRETS, forbidden(message))).toBe(
      'quota small is exceeded: requested secrets=1, used secrets=1, limit secrets=1',
    );
  });

  it('knows a namespace that is going away', () => {
    const message =
      'secrets "x" is forbidden: unable to create new content in namespace shop because it is being terminated';
    expect(problemOf(SECRETS, forbidden(message))).toBe('its namespace is being deleted');
  });

  it('keeps what Pod Security asks for', () => {
    const message =
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities (container "web" must set securityContext.capabilities.drop=["ALL"])';
    expect(problemOf(DEPLOYMENTS, forbidden(message), { spec: { containers: [{ name: 'web' }] } })).toBe(message);
  });

  it("repeats a webhook's words only without what was sent", () => {
    const message =
      'admission webhook "policy.example.com" denied the request: image registry is fine, env CANARY-4711 is not';
    expect(problemOf(DEPLOYMENTS, forbidden(message), { env: [{ name: 'A', value: 'CANARY-4711' }] })).toBe(
      'admission webhook "policy.example.com" denied the request: image registry is fine, env [withheld] is not',
    );
  });

  it('does not repeat the words of a webhook about a Secret', () => {
    const message = 'admission webhook "policy.example.com" denied the request: live value CANARY is weak';
    expect(problemOf(SECRETS, forbidden(message))).toBe('admission webhook "policy.example.com" denied it');
  });

  it('does not repeat the words of an admission policy about a Secret', () => {
    const message = `secrets "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no CANARY`;
    const details = {
      name: 'x',
      kind: 'secrets',
      causes: [{ message: `ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no CANARY` }],
    };
    expect(problemOf(SECRETS, { code: 422, reason: 'Invalid', message, details })).toBe(
      'ValidatingAdmissionPolicy "p" denied it',
    );
  });

  it.each([
    [400, '', `admission webhook "w.example.com" denied the request: no`],
    [
      401,
      'Unauthorized',
      `secrets "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
    ],
    [409, 'Conflict', `admission webhook "w.example.com" denied the request: no`],
    [409, 'AlreadyExists', `admission webhook "w.example.com" denied the request: no`],
    [422, 'Invalid', `secrets "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`],
  ])('takes a rule of the cluster that answers %i for one that forbids', (code, reason, message) => {
    const error = errorOf(SECRETS, { code, reason, message, details: { causes: [{ message }] } });
    expect(error).toMatchObject({ code: 'KUBE_FORBIDDEN', status: code });
    expect(error.message).toMatch(/(?:webhook "w\.example\.com"|ValidatingAdmissionPolicy "p") denied it$/);
  });

  it('names the webhook also where that names a field', () => {
    const cause = { field: 'data[a]', reason: 'FieldValueInvalid', message: 'Invalid value: "CANARY": weak' };
    const message = 'admission webhook "w.example.com" denied the request: Secret "x" is invalid: data[a]: weak';
    const refusal = { code: 422, reason: 'Invalid', message, details: { causes: [cause] } };
    expect(problemOf(SECRETS, refusal)).toBe('admission webhook "w.example.com" denied it');
  });

  it('tells the fields of a denial without the values that stand beside them, which need not be of the request', () => {
    const cause = {
      field: 'data.level',
      reason: 'FieldValueInvalid',
      message: 'Invalid value: "CANARY": is immutable',
    };
    const sentence = 'ConfigMap "x" is invalid: data.level: Invalid value: "CANARY": is immutable';
    const message = `admission webhook "w.example.com" denied the request: ${sentence}`;
    const refusal = { code: 422, reason: 'Invalid', message, details: { causes: [cause] } };
    expect(problemOf(CONFIG_MAPS, refusal)).toBe(
      'admission webhook "w.example.com" denied it: data.level: invalid value: is immutable',
    );
  });

  it('takes a value that reads like a denial for a value', () => {
    const denial = 'admission webhook "w.example.com" denied the request';
    const cause = { field: 'data', reason: 'FieldValueInvalid', message: `Invalid value: "${denial}"` };
    expect(errorOf(CONFIG_MAPS, invalid(cause)).code).toBe('KUBE_INVALID');
  });

  it('says that a webhook does not answer', () => {
    const message =
      'Internal error occurred: failed calling webhook "w.example.com": failed to call webhook: Post "https://127.0.0.1:1/x": connection refused';
    expect(problemOf(SECRETS, { code: 500, reason: 'InternalError', message })).toBe(
      'admission webhook "w.example.com" does not answer',
    );
    expect(problemOf(DEPLOYMENTS, { code: 500, reason: 'InternalError', message })).toContain('connection refused');
  });

  it('hints at a new login', () => {
    const error = errorOf(SECRETS, { code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    expect(error.hint).toContain('log in again');
  });
});

describe('statusError of absent and changed objects', () => {
  it('says what does not exist', () => {
    const of = (details: unknown) => problemOf(SECRETS, { code: 404, reason: 'NotFound', message: 'x', details });
    expect(of({ name: 'x', kind: 'secrets' })).toBe('it does not exist');
    expect(of({ name: 'shop', kind: 'namespaces' })).toBe('namespace "shop" does not exist');
    expect(of({})).toBe('the API server does not serve secrets');
  });

  it('reads a plain-text 404 as a kind that is not served', () => {
    const answer = { status: 404, headers: {}, body: Buffer.from('404 page not found\n') };
    expect(statusError(callOf(DEPLOYMENTS), answer, 0)).toMatchObject({
      code: 'KUBE_NOT_FOUND',
      message: 'cannot apply Deployment shop/x: the API server does not serve deployments',
    });
  });

  it('says that somebody else was first', () => {
    const conflict = {
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on secrets "x": the object has been modified; please apply your changes to the latest version and try again',
    };
    expect(problemOf(SECRETS, conflict)).toBe('it has changed since it was read');
    const exists = { code: 409, reason: 'AlreadyExists', message: 'secrets "x" already exists' };
    expect(problemOf(SECRETS, exists)).toBe('it already exists');
  });

  it('says that a precondition does not hold', () => {
    const message =
      'Operation cannot be fulfilled on Secret "x": the UID in the precondition (zzz) does not match the UID in record (0270c505). The object might have been deleted and then recreated';
    expect(problemOf(SECRETS, { code: 409, reason: 'Conflict', message })).toBe(
      'it is not the expected object or version any more',
    );
  });
});

describe('statusError details', () => {
  it('reads the waiting time of header and body, the header first', () => {
    const body = Buffer.from(JSON.stringify({ kind: 'Status', code: 429, details: { retryAfterSeconds: 9 } }));
    const call = callOf(SECRETS);
    expect(statusError(call, { status: 429, headers: {}, body }, 0).retryAfterMs).toBe(9_000);
    expect(statusError(call, { status: 429, headers: { 'retry-after': '2' }, body }, 0).retryAfterMs).toBe(2_000);
  });

  it('keeps nothing of the answer beside its message', () => {
    const error = errorOf(SECRETS, { code: 400, reason: 'BadRequest', message: 'about CANARY' });
    expect(error.cause).toBeUndefined();
    expect(JSON.stringify({ ...error })).not.toContain('CANARY');
  });

  it('drops a reason that a webhook made up', () => {
    const error = errorOf(DEPLOYMENTS, { code: 403, reason: 'because of CANARY', message: 'no' });
    expect(error.reason).toBe('');
  });

  it('has words for an answer without any', () => {
    const answer = { status: 502, headers: {}, body: Buffer.from('<html>bad gateway</html>') };
    expect(statusError(callOf(SECRETS), answer, 0).message).toBe(
      'cannot apply Secret shop/x: the API server refused it with HTTP 502',
    );
  });

  it('is one line without control characters', () => {
    const message = 'first\u001b\n\tsecond\r\n\u009bthird';
    expect(problemOf(DEPLOYMENTS, { code: 400, reason: 'BadRequest', message })).toBe('first second third');
  });
});

describe('statusObjectError', () => {
  it('takes the code from the object', () => {
    expect(statusObjectError({ verb: 'watch', type: SECRETS }, { code: 410, reason: 'Expired' })).toMatchObject({
      code: 'KUBE_GONE',
      status: 410,
    });
  });

  it('takes an unreadable object for a fault of the server', () => {
    expect(statusObjectError({ verb: 'watch', type: SECRETS }, null).code).toBe('KUBE_SERVER_ERROR');
  });
});
