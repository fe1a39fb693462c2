import { createHmac } from "node:crypto";

/** What secrets begin with in the text form of Standard Webhooks. */
const SECRET_PREFIX = "whsec_";
/** Bytes of a secret (Standard Webhooks, "Signature scheme"). */
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** The bytes of a secret `whsec_<base64>`; undefined for what is none. */
export function signingKey(secret: string): Uint8Array | undefined {
  if (!secret.startsWith(SECRET_PREFIX)) return undefined;
  const text = secret.slice(SECRET_PREFIX.length);
  const key = Buffer.from(text, "base64");
  // Buffer leaves out what is no base64.
  if (key.toString("base64") !== text) return undefined;
  return key.length >= MIN_SECRET_BYTES && key.length <= MAX_SECRET_BYTES ? key : undefined;
}

/** What is signed: `id.timestamp.body`. */
export interface SignedContent {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/**
 * The header `webhook-signature` of Standard Webhooks 1.0: for each key one `v1,<base64>` (HMAC-SHA256), with a space between, so that
 * receivers with the old secret and with the new one are content while it changes.
 */
export function webhookSignature(keys: readonly Uint8Array[], { id, timestamp, body }: SignedContent): string {
  const signatures = keys.map((key) => createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body));
  return signatures.map((signature) => `v1,${signature.digest("base64")}`).join(" ");
}
