/** @module What the API server asks of Secrets of its own types. It would refuse the unsealed Secret, long after it was sealed. */
import type { LintFinding, LintSubject } from './lint-finding.ts';

/** Keys by type; of an inner list one is enough. */
const REQUIRED_KEYS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['kubernetes.io/tls', [['tls.crt'], ['tls.key']]],
  ['kubernetes.io/dockerconfigjson', [['.dockerconfigjson']]],
  ['kubernetes.io/dockercfg', [['.dockercfg']]],
  ['kubernetes.io/ssh-auth', [['ssh-privatekey']]],
  ['kubernetes.io/basic-auth', [['username', 'password']]],
]);
const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

/** What the type of `subject` requires and the Secret lacks. */
export function lintType(subject: LintSubject): readonly LintFinding[] {
  const { type = '', values, annotations, otherKeys = [] } = subject;
  const keys = new Set([...values.keys(), ...otherKeys]);
  const missing = (REQUIRED_KEYS.get(type) ?? []).filter((choice) => !choice.some((key) => keys.has(key)));
  const findings = missing.map((choice): LintFinding => {
    const wanted = choice.map((key) => JSON.stringify(key)).join(' or ');
    return {
      code: 'LINT_KEY_MISSING',
      key: null,
      message: `type ${JSON.stringify(type)} requires the key ${wanted}`,
      hint: 'add the key, or leave out the type: the API server would refuse the Secret',
    };
  });
  const lacksAccount = type === TOKEN_TYPE && (annotations?.get(ACCOUNT_ANNOTATION) ?? '') === '';
  return lacksAccount ? [...findings, accountMissing()] : findings;
}

function accountMissing(): LintFinding {
  return {
    code: 'LINT_ANNOTATION_MISSING',
    key: null,
    message: `type "${TOKEN_TYPE}" requires the annotation "${ACCOUNT_ANNOTATION}"`,
    hint: 'name the account in it: the API server would refuse the Secret',
  };
}
