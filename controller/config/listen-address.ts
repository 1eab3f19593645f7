/** @module Addresses in the form that Go programs take: `:8080`, `127.0.0.1:8080`, `[::1]:8080`. */
import type { ListenAddress } from './config.ts';

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):(\d{1,5})$/;

/** The address that `text` says, or null when it says none. */
export function parseListenAddress(text: string): ListenAddress | null {
  const [whole, bracketed, plain, portText] = ADDRESS.exec(text) ?? [];
  const port = Number(portText);
  if (whole === undefined || port > 65_535) return null;
  const host = bracketed ?? plain ?? '';
  return { host: host === '' ? undefined : host, port };
}
