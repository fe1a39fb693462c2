import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What is kept of a secret. */
export interface SecretHash {
  readonly salt: Uint8Array;
  /** SHA-256 over salt and secret: the secret is random, so that a slow hash would protect nothing. */
  readonly hash: Uint8Array;
}

const ID_BYTES = 12;
const SECRET_BYTES = 32;
const SALT_BYTES = 16;

/** A new id for an API key: `xk_` and 16 characters. */
export function newKeyId(): string {
  return `xk_${randomBytes(ID_BYTES).toString("base64url")}`;
}

/** A new secret of 256 bits: 43 characters. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** What to keep of a secret. */
export function hashSecret(secret: string): SecretHash {
  const salt = randomBytes(SALT_BYTES);
  return { salt, hash: digest(salt, secret) };
}

/** Whether it is the secret; takes as long for a wrong one. */
export function isSecret(secret: string, { salt, hash }: SecretHash): boolean {
  return timingSafeEqual(digest(salt, secret), hash);
}

function digest(salt: Uint8Array, secret: string): Buffer {
  return createHash("sha256").update(salt).update(secret).digest();
}
