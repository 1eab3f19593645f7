/** @module The flag of the verbs that render files. */
import type { Command } from 'commander';

/** Which kustomize program builds kustomizations. */
export interface KustomizeOption {
  readonly kustomize?: string;
}

/** Adds `--kustomize`. */
export function addKustomizeOption(command: Command): Command {
  return command.option('--kustomize <file>', 'program that builds kustomizations; default: kustomize on the PATH');
}
