/** @module One cluster, user or context of a kubeconfig: typed access to its fields, with errors that name them. */
import path from 'node:path';
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/bytes.ts';
import { isMap } from '../encoding/value-kind.ts';
import { KubeError } from './errors.ts';

/** The fields of one entry and the file that they came from. Absent, null and empty are the same, as in kubectl. */
export class KubeconfigEntry {
  readonly kind: 'cluster' | 'user' | 'context';
  readonly name: string;
  readonly file: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(kind: KubeconfigEntry['kind'], name: string, file: string, fields: Readonly<Record<string, unknown>>) {
    this.kind = kind;
    this.name = name;
    this.file = file;
    this.#fields = fields;
  }

  /** Throws `KUBE_KUBECONFIG_INVALID` when the field is no text. */
  text(field: string): string | undefined {
    const value = this.#value(field);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw this.invalid(`${field} is not a string`);
    return value;
  }

  /** A path, relative to the kubeconfig's own folder. */
  path(field: string): string | undefined {
    const value = this.text(field);
    return value === undefined ? undefined : path.resolve(path.dirname(this.file), value);
  }

  /** The text behind a base64 field. */
  decoded(field: string): string | undefined {
    const value = this.text(field);
    if (value === undefined) return undefined;
    const bytes = this.#fromBase64(field, value);
    const text = decodeUtf8(bytes);
    if (text === null) throw this.invalid(`${field} is not PEM`);
    return text;
  }

  flag(field: string): boolean {
    const value = this.#value(field);
    if (value === undefined) return false;
    if (typeof value !== 'boolean') throw this.invalid(`${field} is neither true nor false`);
    return value;
  }

  texts(field: string): readonly string[] {
    const value = this.#value(field) ?? [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      throw this.invalid(`${field} is not a list of strings`);
    }
    return value;
  }

  record(field: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#value(field);
    if (value === undefined) return undefined;
    if (!isMap(value)) throw this.invalid(`${field} is not a map`);
    return value;
  }

  /** This entry with other values for some fields; an empty one is as good as none. */
  with(fields: Readonly<Record<string, unknown>>): KubeconfigEntry {
    return new KubeconfigEntry(this.kind, this.name, this.file, { ...this.#fields, ...fields });
  }

  /** The error that says what is wrong with this entry. `problem` must not quote a credential. */
  invalid(problem: string, hint?: string): KubeError {
    const message = `cannot use ${this.kind} ${JSON.stringify(this.name)} of ${this.file}: ${problem}`;
    return new KubeError('KUBE_KUBECONFIG_INVALID', message, hint === undefined ? {} : { hint });
  }

  #value(field: string): unknown {
    const value = Object.hasOwn(this.#fields, field) ? this.#fields[field] : undefined;
    return value === null ? undefined : value;
  }

  #fromBase64(field: string, value: string): Uint8Array<ArrayBuffer> {
    const bytes = tryDecodeBase64(value);
    if (typeof bytes === 'number') throw this.invalid(`${field} is not base64`);
    return bytes;
  }
}
