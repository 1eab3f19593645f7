/** @module `-o` and `-w`: form and place of a verb's result. */
import { type Command, Option } from 'commander';
import { MANIFEST_FORMATS, type ManifestFormat } from '../output/manifests.ts';

/** Form and place of manifests. */
export interface OutputOptions {
  readonly output?: ManifestFormat;
  readonly write?: string;
}

/** Declares `-o yaml|json` and `-w FILE`. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-o, --output <format>',
        'form of the result; default: json for a -w file named .json, else yaml',
      ).choices(MANIFEST_FORMATS),
    )
    .option('-w, --write <file>', 'write the result to this file, whole or not at all');
}

/** The form that is meant: the one asked for, else the one that the file's name says, else YAML. */
export function formatOf(options: OutputOptions): ManifestFormat {
  return options.output ?? (options.write?.toLowerCase().endsWith('.json') ? 'json' : 'yaml');
}

/** Declares `-o json` for verbs that print a table otherwise. */
export function addJsonOption(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'form of the result; default: text').choices(['text', 'json']),
  );
}

/** Whether JSON was asked for with {@link addJsonOption}. */
export interface JsonOption {
  readonly output?: 'text' | 'json';
}
