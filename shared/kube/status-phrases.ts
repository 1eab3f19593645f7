/**
 * @module The API server's sentences that can be said again without repeating a value: each is recognised and told in our
 * own words, from parts that are no values (paths, types, names of rules and users).
 */

interface Phrase {
  readonly pattern: RegExp;
  readonly say: (groups: readonly string[]) => string;
}

/** `.spec.containers[name="web"].image`; the key of a set's member is the member itself. */
const PATH = String.raw`\.?[A-Za-z_$][\w$./-]*(?:\[[^\]\n]{0,200}\][\w$./-]*)*`;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  '[]uint8': 'base64 text',
  string: 'a string',
  bool: 'true or false',
  int32: 'an integer',
  int64: 'an integer',
  float64: 'a number',
};

/** Where a fault of server-side apply may begin: at the message's end of words, or on a line of a list of faults. */
const FAULT_START = String.raw`(?:^ {2}|Kind=\w+\): )`;

/** Of these the first that matches is told; those with `g` are told for every place that they match. */
const PHRASES: readonly Phrase[] = [
  {
    pattern: new RegExp(`${FAULT_START}(${PATH}): (field not declared in schema)`, 'gm'),
    say: ([path = '']) => `${safePath(path)}: unknown field`,
  },
  {
    pattern: new RegExp(`${FAULT_START}(${PATH}): expected ([a-z]+(?: \\([a-z ]+\\))?)(?=,|\\s|$)`, 'gm'),
    say: ([path = '', type = '']) => `${safePath(path)}: expected ${type}`,
  },
  {
    pattern: new RegExp(`${FAULT_START}(${PATH}): duplicate entries for key`, 'gm'),
    say: ([path = '']) => `${safePath(path)}: two entries with the same key`,
  },
  {
    pattern: /cannot unmarshal (\w+)(?: \S+)? into Go (?:struct field ([\w.]+)|value) of type ([\w.[\]]+)/g,
    say: ([found = '', field = '', type = '']) =>
      `${field === '' ? '' : `${withoutTypeName(field)}: `}expected ${TYPE_WORDS[type] ?? type}, found ${found}`,
  },
  { pattern: /(unknown|duplicate) field "([\w$./[\]-]+)"/g, say: ([what = '', path = '']) => `${path}: ${what} field` },
  { pattern: /illegal base64 data at input byte (\d+)/, say: ([at = '']) => `a value is not base64 (at byte ${at})` },
  { pattern: /quantities must match the regular expression/, say: () => 'a quantity is malformed' },
  {
    pattern: /namespace of the provided object does not match/,
    say: () => 'the namespace of the object is not that of the request',
  },
  {
    pattern:
      /(User "[^"]{0,300}") cannot (\w+) resource "([\w./-]+)" in API group "([\w.-]*)"(?: in the namespace "([\w.-]+)")?/,
    say: ([user = '', verb = '', resource = '', group = '', namespace = '']) =>
      `${user} may not ${verb} ${resource}${group === '' ? '' : `.${group}`}${namespace === '' ? ' at cluster scope' : ` in namespace ${namespace}`}`,
  },
  {
    pattern: /exceeded quota: ([\w.-]+), requested: ([\w./=,-]+), used: ([\w./=,-]+), limited: ([\w./=,-]+)/,
    say: ([name = '', wanted = '', used = '', limit = '']) =>
      `quota ${name} is exceeded: requested ${wanted}, used ${used}, limit ${limit}`,
  },
  {
    pattern: /because it is being terminated/,
    say: () => 'its namespace is being deleted',
  },
  { pattern: /the object has been modified/, say: () => 'it has changed since it was read' },
  {
    pattern: /StorageError: invalid object|Precondition failed|[Pp]recondition/,
    say: () => 'it is not the expected object or version any more',
  },
  { pattern: /entity too large|request is too large/i, say: () => 'it is larger than the API server takes' },
];

/** Sentences about rules of the cluster: whose rule it is can be told, its text only where no value has to be feared. */
const POLICIES: readonly Phrase[] = [
  {
    pattern: /admission webhook "([\w./-]+)" denied the request/,
    say: ([name = '']) => `admission webhook "${name}" denied it`,
  },
  {
    pattern: /ValidatingAdmissionPolicy '([\w./-]+)' with binding '[\w./-]+' denied request/,
    say: ([name = '']) => `ValidatingAdmissionPolicy "${name}" denied it`,
  },
  {
    pattern: /failed calling webhook "([\w./-]+)"/,
    say: ([name = '']) => `admission webhook "${name}" does not answer`,
  },
];

/** Such a sentence stands at the very beginning; further on it may be part of a value. */
const DENIAL =
  /^(?:admission webhook "[^"]{1,300}" denied the request|(?:\S{1,300} "[^"]{0,300}" is forbidden: )?ValidatingAdmissionPolicy '[^']{1,300}' with binding '[^']{1,300}' denied request)/;

/** What `message` says, in our words; null when no sentence of it is known. */
export function knownPhrase(message: string): string | null {
  return firstOf(PHRASES, message);
}

/** Whose rule refused the request; null when `message` is not about one. */
export function policyPhrase(message: string): string | null {
  return firstOf(POLICIES, message);
}

/** True when a rule of the cluster said no. Its author chose the HTTP status, and what else the answer says. */
export function isDenial(message: string): boolean {
  return DENIAL.test(message);
}

/** A field path without the members of sets that stand in it as keys. */
export function safePath(path: string): string {
  const kept = path.replace(/\[=?"[^\]]*\]/g, '[…]').replace(/^\./, '');
  return kept === '<nil>' ? '' : kept.slice(0, 300);
}

/** A machine-readable reason; empty when a webhook put anything else in its place. */
export function safeReason(reason: unknown): string {
  return typeof reason === 'string' && /^[A-Za-z]{1,60}$/.test(reason) ? reason : '';
}

function firstOf(phrases: readonly Phrase[], message: string): string | null {
  for (const { pattern, say } of phrases) {
    const matches = pattern.global ? [...message.matchAll(pattern)] : [pattern.exec(message)];
    const told = matches
      .filter((match) => match !== null)
      .map((match) => say(match.slice(1).map((text) => text ?? '')));
    if (told.length > 0) return [...new Set(told)].slice(0, 10).join('; ');
  }
  return null;
}

/** `Secret.data` and `EnvVar.spec.template.spec.containers.env.value` begin with a Go type, which tells users nothing. */
function withoutTypeName(field: string): string {
  return /^[A-Z]\w*\../.test(field) ? field.slice(field.indexOf('.') + 1) : field;
}
