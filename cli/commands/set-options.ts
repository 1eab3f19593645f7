/** @module What `signet set` can be told, beside the file and the key. */
import type { Scope } from '../../shared/sealing/scope.ts';
import type { CertificateOptions } from '../options/certificate-options.ts';
import type { ControllerOptions } from '../options/cluster-options.ts';
import type { ObjectOptions } from '../options/object-options.ts';
import type { LintOptions } from './lint-report.ts';
import type { ItemSource } from './new-items.ts';

/** What a SealedSecret that is made new is to be; one that is there must agree. */
export interface NewObjectChoice {
  readonly name?: string;
  readonly namespace?: string;
  readonly scope?: Scope;
  readonly type?: string;
}

/** What `signet set` can be told. */
export interface SetCommandOptions
  extends Omit<ItemSource, 'key'>,
    NewObjectChoice,
    CertificateOptions,
    ControllerOptions,
    LintOptions,
    ObjectOptions {
  readonly receipt: boolean;
  readonly fromLiteral?: string;
}

/** One call of it. */
export interface SetTask {
  /** As the user named it. */
  readonly file: string;
  readonly source: ItemSource;
}
