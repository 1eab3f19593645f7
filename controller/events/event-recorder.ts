/** @module Says things about an object to people, as core/v1 Events. The writing itself is in kube-event-recorder.ts. */
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** One thing to say. `message` is public: it carries no secret value. */
export interface EventNote {
  /** The object that it is about; apiVersion, kind, name, namespace, uid and resourceVersion are taken from it. */
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase word that tools look for. */
  readonly reason: string;
  readonly message: string;
}

/** Records events in the background: it returns at once, never throws, and drops events rather than delay work. */
export interface EventRecorder {
  record(note: EventNote): void;
}
