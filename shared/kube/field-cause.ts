/** @module One cause of a refused object: which field, what is wrong with it, without the value that is wrong. */
import { textOf } from '../encoding/value-kind.ts';
import { endOfPrintedValue } from './printed-value.ts';
import { safePath, safeReason } from './status-phrases.ts';

/** A cause as it may be shown. */
export interface FieldCause {
  readonly field: string;
  readonly reason: string;
  /** Kind of fault: `invalid value`, `required value`. Empty when the message has another form. */
  readonly fault: string;
  /** The server's explanation, which may still quote values; empty when it gave none. */
  readonly detail: string;
}

/** The server prints the value between fault and detail for these, and nothing for the others. */
const FAULTS_WITH_VALUE = new Set(['Invalid value', 'Unsupported value', 'Duplicate value', 'Not found']);
const FAULT =
  /^(Invalid value|Unsupported value|Duplicate value|Not found|Required value|Forbidden|Too long|Too many|Too few|Internal error)(?:: |$)/;

/** Takes one entry of a Status's `details.causes` apart. */
export function readFieldCause(entry: Readonly<Record<string, unknown>>): FieldCause {
  const message = textOf(entry['message']);
  const field = safePath(textOf(entry['field']));
  const reason = safeReason(entry['reason']);
  const match = FAULT.exec(message);
  if (!match) return { field, reason, fault: '', detail: message };
  const [start, fault = ''] = match;
  const end = FAULTS_WITH_VALUE.has(fault) ? endOfPrintedValue(message, start.length) : start.length;
  return { field, reason, fault: fault.toLowerCase(), detail: message.slice(end).replace(/^: /, '') };
}
