/**
 * @module The digest of a desired object. It stands in the Inventory, which more people may read than a Secret from Git, so it
 * is keyed: without the key nobody can test guesses of a value against it.
 */
import { encodeUtf8, toHex } from '../encoding/bytes.ts';
import { canonicalJson } from '../encoding/json.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { KubeObject } from '../resources/object-meta.ts';

/** Keeps these digests apart from others that are made with the same key. */
const PURPOSE = 'git-sync object\n';
/** Half of SHA-256's output: 32 hex digits per entry, and collisions stay out of reach. */
const DIGEST_BYTES = 16;

/** 32 hex digits that differ, for all practical purposes, whenever the objects do; the order of keys does not count. */
export type DigestObject = (object: KubeObject) => Promise<string>;

/** The digest under `key`: HMAC-SHA256 of the object's canonical JSON, truncated. Same key and object, same digest. */
export async function createObjectDigest(key: SecretBytes): Promise<DigestObject> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const hmacKey = await crypto.subtle.importKey('raw', key.expose(), algorithm, false, ['sign']);
  return async (object) => {
    const mac = await crypto.subtle.sign('HMAC', hmacKey, encodeUtf8(PURPOSE + canonicalJson(object)));
    return toHex(new Uint8Array(mac, 0, DIGEST_BYTES));
  };
}
