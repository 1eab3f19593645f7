/** @module `--cert`: what to seal to. */
import type { Command } from 'commander';

/** Where the certificate comes from; absent: the pinned file, then the cluster. */
export interface CertificateOptions {
  readonly cert?: string;
}

/** Declares `--cert`. */
export function addCertificateOptions(command: Command, fallback: string): Command {
  return command.option(
    '--cert <file|url>',
    `certificate: a PEM file, or an http, https or file URL; default: ${fallback}`,
  );
}
