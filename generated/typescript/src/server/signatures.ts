/** Ids that a page gets: each is signed for its user, so that any instance of a server knows whose it is, and keeps nothing. */

import { isSafe } from "../client/responses.js";
import { NAME } from "../package.js";

/** What has an id, or is only named in the store. */
export type Kind = "job" | "asset" | "upload" | "attempt";

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** Signs ids, as `job_1.…`, and reads those that it signed. */
export class Signatures {
  readonly #secret: string;
  #key: CryptoKey | undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Sign an id for a user. */
  async sign(kind: Kind, user: string, id: string): Promise<string> {
    const signature = await crypto.subtle.sign(ALGORITHM, await this.#load(), textOf(kind, user, id));
    const text = btoa(String.fromCharCode(...new Uint8Array(signature)));
    return `${id}.${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  }

  /** Return the id that was signed for this user; undefined if it was not. */
  async read(kind: Kind, user: string, signed: string): Promise<string | undefined> {
    const end = signed.lastIndexOf(".");
    const id = signed.slice(0, Math.max(0, end));
    if (!isSafe(signed) || !isSafe(id) || !/^[\w-]{43}$/.test(signed.slice(end + 1))) return undefined;
    const text = atob(
      signed
        .slice(end + 1)
        .replaceAll("-", "+")
        .replaceAll("_", "/"),
    );
    const signature = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const isSigned = await crypto.subtle.verify(ALGORITHM, await this.#load(), signature, textOf(kind, user, id));
    return isSigned ? id : undefined;
  }

  async #load(): Promise<CryptoKey> {
    const bytes = new TextEncoder().encode(`ids of ${NAME}\n${this.#secret}`);
    return (this.#key ??= await crypto.subtle.importKey("raw", bytes, ALGORITHM, false, ["sign", "verify"]));
  }
}

function textOf(...parts: readonly string[]): BufferSource {
  return new TextEncoder().encode(JSON.stringify(parts)) as BufferSource;
}
