/** @module Why a kustomization could not be built this time; what is wrong with the kustomization itself is a problem, and no error. */
import { CodedError } from '../errors/coded-error.ts';

/** `KUSTOMIZE_MISSING`: there is no such program. The others are of the machine, and may be different at the next try. */
export type KustomizeErrorCode = 'KUSTOMIZE_MISSING' | 'KUSTOMIZE_TIMEOUT' | 'KUSTOMIZE_MEMORY' | 'KUSTOMIZE_FAILED';

/** A build that did not come to its end. */
export class KustomizeError extends CodedError<KustomizeErrorCode> {}
