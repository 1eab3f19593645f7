/** @module One manifest file as its documents, or the reason why it has none to give. */
import { EncodingError } from '../encoding/errors.ts';
import { decodeInputText } from '../encoding/input-text.ts';
import { type ParsedDocument, type ParseOptions, parseDocuments } from '../encoding/yaml-documents.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { TreeFile } from './file-tree.ts';
import type { RenderProblem } from './render-problem.ts';

/** The documents, or what is wrong with the file as a whole. */
export type FileReading =
  | { readonly documents: readonly ParsedDocument[]; readonly problem?: never }
  | {
      readonly problem: RenderProblem;
      readonly documents?: never;
      /** Finding it took as long as reading a file may: nobody has to look at more of the kind. */
      readonly isCostly: boolean;
    };

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** The non-empty documents of `file`. Never throws: whatever stands in a file is a matter of that file alone. */
export function readFileDocuments(file: TreeFile, options: Pick<ParseOptions, 'marksReferences'> = {}): FileReading {
  try {
    const text = decodeInputText(file.bytes, 'the file');
    if (text.startsWith(LFS_POINTER)) return { problem: lfsProblem(file.path), isCostly: false };
    return { documents: parseDocuments(text, { where: 'the file', ...options }) };
  } catch (error) {
    return { problem: parseProblem(file.path, error), isCostly: isBeyondLimits(error) };
  }
}

function isBeyondLimits(error: unknown): boolean {
  return error instanceof EncodingError && (error.code === 'YAML_TOO_LARGE' || error.code === 'YAML_ALIAS_BOMB');
}

function parseProblem(file: string, error: unknown): RenderProblem {
  const line = error instanceof EncodingError ? error.line : undefined;
  // The line is a field of the problem, and need not be said twice.
  const message = error instanceof CodedError ? error.message.replace(`line ${line}: `, '') : 'cannot parse the file';
  const hint = error instanceof CodedError ? error.hint : undefined;
  return {
    file,
    ...(line !== undefined && { line }),
    code: 'RENDER_NOT_PARSED',
    message,
    ...(hint !== undefined && { hint }),
  };
}

function lfsProblem(file: string): RenderProblem {
  return {
    file,
    code: 'RENDER_NOT_PARSED',
    message: 'cannot read the file: its content is kept by Git LFS',
    hint: 'keep manifests in Git itself',
  };
}
