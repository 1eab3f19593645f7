/** @module `signet cert`: the certificates that Secrets are sealed to. */
import type { DeclareCommand } from '../options/invoke.ts';
import { declareCertFetch } from './cert-fetch.ts';
import { declareCertShow } from './cert-show.ts';

/** Declares `signet cert` and its verbs; without one of them it is `fetch`. */
export const declareCert: DeclareCommand = (command, invoke) => {
  const fetch = command
    .command('fetch', { isDefault: true })
    .description("print the cluster's certificate, or pin it in the repository");
  declareCertFetch(fetch, invoke);
  declareCertShow(
    command.command('show').description('show fingerprint, dates and size of the certificates in use'),
    invoke,
  );
};
