/** @module The core/v1 Secret as plain JSON. `data` values are base64 text; `stringData` wins over `data`. */
import type { KubeObject } from './object-meta.ts';

/** A core/v1 Secret object. */
export interface Secret extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>> | null;
  readonly stringData?: Readonly<Record<string, string>> | null;
}
