/**
 * @module How three tools judge the health of an object from its status, after their documentation: Argo CD's rule for
 * SealedSecrets, kstatus (kubectl, kpt, cli-utils), and Flux with the expressions of its cheat sheet for SealedSecrets.
 */
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** What all three can say, each in its own word. */
export type Grade = 'healthy' | 'progressing' | 'failed';

/** The grade of each tool. */
export interface Grades {
  readonly argo: Grade;
  readonly kstatus: Grade;
  readonly flux: Grade;
}

interface Graded {
  readonly generation: number | undefined;
  readonly observed: number | undefined;
  /** Absent and empty are not the same to Flux. */
  readonly conditions: readonly { readonly type?: string; readonly status?: string }[] | undefined;
}

/** All three grades of `object`. */
export function gradesOf(object: KubeObject): Grades {
  const status = (object['status'] ?? {}) as { observedGeneration?: number; conditions?: Graded['conditions'] };
  const graded: Graded = {
    generation: object.metadata.generation,
    observed: status.observedGeneration,
    conditions: status.conditions,
  };
  return { argo: gradeOfArgo(graded), kstatus: gradeOfKstatus(graded), flux: gradeOfFlux(graded) };
}

/** The three grades where all are `grade`. */
export function allAgree(grade: Grade): Grades {
  return { argo: grade, kstatus: grade, flux: grade };
}

/** The first condition `Synced` that is True or False decides; the generation plays no part. */
function gradeOfArgo({ conditions = [] }: Graded): Grade {
  const synced = conditions.find(({ type, status }) => type === 'Synced' && (status === 'True' || status === 'False'));
  if (synced === undefined) return 'progressing';
  return synced.status === 'True' ? 'healthy' : 'failed';
}

/**
 * An observed generation that is not the present one means progress. Then, in the order of the list, Reconciling means
 * progress and Stalled a failure. Then Ready decides, whose only good value is True. An object that says nothing is fine.
 */
function gradeOfKstatus({ generation, observed, conditions = [] }: Graded): Grade {
  if (observed !== undefined && observed !== generation) return 'progressing';
  for (const { type, status } of conditions) {
    if (type === 'Reconciling' && status === 'True') return 'progressing';
    if (type === 'Stalled' && status === 'True') return 'failed';
  }
  const ready = conditions.find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True' ? 'healthy' : 'progressing';
}

/**
 * An observed generation that is not the present one means progress. Then `failed` is asked, and then `current`: whether
 * all conditions `Synced` are False, or True. Neither, or a list that is not there, means progress.
 */
function gradeOfFlux({ generation, observed, conditions }: Graded): Grade {
  if ((observed !== undefined && observed !== generation) || conditions === undefined) return 'progressing';
  const synced = conditions.filter(({ type }) => type === 'Synced');
  if (synced.every(({ status }) => status === 'False')) return 'failed';
  return synced.every(({ status }) => status === 'True') ? 'healthy' : 'progressing';
}
