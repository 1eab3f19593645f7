/**
 * @module `${var}` in the texts of one object. Replaced are parsed scalars and never the text of a file, so that no value can add a field, a list item
 * or another object, whatever it holds.
 */

import { isMap, ownValue } from '../encoding/value-kind.ts';
import { resolveScalar } from '../encoding/yaml-scalars.ts';
import { withoutMark } from '../encoding/yaml-schema.ts';
import { type Finding, finding } from './finding.ts';
import { ANY_ITEM, type ConfidentialPath } from './rendered-object.ts';
import { type ExpandedText, expandText, hasReference, isWholeReference, type Variables } from './variable-text.ts';

/** A finding, and what to look for in the file to name its line. */
export interface PlacedFinding extends Finding {
  readonly written?: string;
}

/** An object with its references replaced. */
export interface Substitution {
  readonly value: unknown;
  /**
   * Places of texts that hold a value of a Secret, as lists of keys; `*` stands for every item of a list. What lies there is shown as
   * the values of a Secret are.
   */
  readonly confidential: readonly ConfidentialPath[];
  readonly findings: readonly PlacedFinding[];
}

/**
 * How the scalars of a value were written. `marked`: plain ones that are one whole reference carry a mark. `lost`: nobody knows, as behind a program
 * that wrote them anew; then the place decides.
 */
export type ScalarStyles = 'marked' | 'lost';

/** Annotations, or labels, that turn substitution off for their object. */
const SUBSTITUTE_KEYS: readonly string[] = ['signet.dev/substitute', 'kustomize.toolkit.fluxcd.io/substitute'];

const HINT = `define it in spec.substitute, give a default with \${name:=default}, or write $\${ for a "\${" that shall stay`;
/** Scalars below these are always text to the API server, and so are the items of these lists. */
const TEXT_MAPS: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'data',
  'stringData',
  'nodeSelector',
]);
const TEXT_FIELDS: ReadonlySet<string> = new Set(['name', 'namespace', 'image', 'value', 'host', 'hostname']);
const TEXT_LISTS: ReadonlySet<string> = new Set(['args', 'command', 'hosts', 'hostnames']);

/** Longest that all texts of one object with references may become, in characters: no API server takes more in one object. */
const MAX_OBJECT_TEXT = 4 * 1024 * 1024;

/** `value`, one object as written, with `variables` put in. It is not changed itself. */
export function substitute(value: unknown, variables: Variables, styles: ScalarStyles): Substitution {
  const walk = new Walk(isOptedOut(value) ? null : variables, styles);
  return { value: walk.replace(value, []), confidential: walk.confidential, findings: walk.findings };
}

function isOptedOut(value: unknown): boolean {
  const metadata = isMap(value) ? ownValue(value, 'metadata') : undefined;
  if (!isMap(metadata)) return false;
  return ['annotations', 'labels'].some((field) => {
    const map = ownValue(metadata, field);
    return isMap(map) && SUBSTITUTE_KEYS.some((key) => ownValue(map, key) === 'disabled');
  });
}

/** One object. Without variables nothing but marks is taken away. */
class Walk {
  readonly findings: PlacedFinding[] = [];
  readonly confidential: ConfidentialPath[] = [];
  readonly #variables: Variables | null;
  readonly #styles: ScalarStyles;
  #length = 0;

  constructor(variables: Variables | null, styles: ScalarStyles) {
    this.#variables = variables;
    this.#styles = styles;
  }

  replace(value: unknown, path: ConfidentialPath): unknown {
    if (typeof value === 'string') return this.#replaceText(value, path);
    if (Array.isArray(value)) return value.map((item) => this.replace(item, [...path, ANY_ITEM]));
    if (!isMap(value)) return value;
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
      const name = this.#replaceKey(key, path);
      return [name, this.replace(item, [...path, name])];
    });
    const replaced = Object.fromEntries(entries);
    if (Object.keys(replaced).length < entries.length) this.#report('two keys of a map become the same', undefined);
    return replaced;
  }

  #replaceKey(key: string, path: ConfidentialPath): string {
    const text = withoutMark(key);
    if (this.#variables === null || !hasReference(text)) return text;
    const expanded = this.#expand(text, this.#variables);
    if (expanded === null) return text;
    if (expanded.isSecret)
      this.#report(`a value of a Secret cannot be part of a key below ${describePath(path)}`, text);
    return expanded.isSecret ? text : expanded.text;
  }

  #replaceText(marked: string, path: ConfidentialPath): unknown {
    const text = withoutMark(marked);
    if (this.#variables === null || !hasReference(text)) return text;
    const expanded = this.#expand(text, this.#variables);
    if (expanded === null || (expanded.isSecret && !this.#keepConfidential(text, path))) return text;
    return this.#isTyped(marked, text, path) ? typed(expanded.text) : expanded.text;
  }

  /** Null when it cannot be, or when the object has become too large already. */
  #expand(text: string, variables: Variables): ExpandedText | null {
    if (this.#length > MAX_OBJECT_TEXT) return null;
    const expanded = expandText(text, variables);
    if ('message' in expanded) {
      this.#report(expanded.message, expanded.written);
      return null;
    }
    this.#length += expanded.text.length;
    if (this.#length <= MAX_OBJECT_TEXT) return expanded;
    this.#report('the texts of the object become longer than 4 MiB', undefined);
    return null;
  }

  /** False where everybody sees what stands there: names, labels and annotations are read and shown by everything. */
  #keepConfidential(text: string, path: ConfidentialPath): boolean {
    const [first = ''] = path;
    if (['apiVersion', 'kind', 'metadata'].includes(first)) {
      this.#report(`a value of a Secret cannot be part of ${describePath(path)}, which is shown everywhere`, text);
      return false;
    }
    this.confidential.push(path);
    return true;
  }

  #isTyped(marked: string, text: string, path: ConfidentialPath): boolean {
    if (this.#styles === 'marked') return marked !== text;
    return !isTextPlace(path) && isWholeReference(text);
  }

  #report(message: string, written: string | undefined): void {
    this.findings.push({
      ...finding('RENDER_SUBSTITUTION', message, HINT),
      ...(written === undefined ? {} : { written }),
    });
  }
}

/** What a plain scalar with this text is in YAML. Infinity stays text: JSON has none. */
function typed(text: string): unknown {
  const scalar = resolveScalar(text);
  return scalar.kind === 'non-finite' || scalar.kind === 'merge' ? text : scalar.value;
}

function isTextPlace(path: ConfidentialPath): boolean {
  const [last = '', above = ''] = [path.at(-1), path.at(-2)];
  return TEXT_FIELDS.has(last) || TEXT_MAPS.has(above) || (last === ANY_ITEM && TEXT_LISTS.has(above));
}

function describePath(path: ConfidentialPath): string {
  return path.length === 0 ? 'the object' : path.slice(0, 12).join('.').slice(0, 200);
}
