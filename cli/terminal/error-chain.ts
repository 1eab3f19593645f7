/** @module What an error and its causes say together. Of causes that are not ours nothing is said: they might quote a secret. */
import { CodedError } from '../../shared/errors/coded-error.ts';

/** The messages of `error` and of its coded causes, each said once. */
export function describeChain(error: CodedError): string {
  const parts: string[] = [];
  for (let one: unknown = error; one instanceof CodedError; one = one.cause) {
    const { message } = one;
    if (!parts.some((part) => part.includes(message))) parts.push(message);
  }
  return parts.join(': ');
}

/** The hint of `error`, or of the first of its causes that has one. */
export function hintOf(error: CodedError): string | undefined {
  return error.hint ?? (error.cause instanceof CodedError ? hintOf(error.cause) : undefined);
}
