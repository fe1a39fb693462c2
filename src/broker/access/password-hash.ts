import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { XqbusError } from "../../errors.ts";

/**
 * What is kept of a password: enough to check it with SCRAM-SHA-256 and PLAIN, and not enough to log in with it (RFC 5802,
 * section 3; RFC 7677). All but `iterations` is base64.
 */
export interface PasswordHash {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

/** The same as bytes. */
export interface ScramSecret {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** How a password is hashed. */
export interface HashOptions {
  /** Rounds of PBKDF2; default 20 000. From 4096 (RFC 7677, section 4) to 10 million. */
  readonly iterations?: number;
  /** Default: 16 random bytes. */
  readonly salt?: Uint8Array;
}

export const DEFAULT_ITERATIONS = 20_000;
export const SALT_BYTES = 16;
const HASH_BYTES = 32;
const ITERATIONS = { least: 4096, most: 10_000_000 };

const derive = promisify(pbkdf2);

/**
 * The salted hash of a password, for `startBroker({ users })` and files of users. Takes some ms in a thread of its own.
 *
 * @throws XqbusError `xqbus:illegal-argument`
 */
export async function hashPassword(password: string, options: HashOptions = {}): Promise<PasswordHash> {
  const { salt, iterations, storedKey, serverKey } = await deriveSecret(password, options);
  return {
    salt: salt.toString("base64"),
    iterations,
    storedKey: storedKey.toString("base64"),
    serverKey: serverKey.toString("base64"),
  };
}

/** @throws XqbusError `xqbus:illegal-argument` */
export async function deriveSecret(
  password: string,
  { iterations = DEFAULT_ITERATIONS, salt = randomBytes(SALT_BYTES) }: HashOptions = {},
): Promise<ScramSecret> {
  if (!isIterations(iterations)) {
    throw illegal(
      `iterations is ${iterations}; expected a whole number from ${ITERATIONS.least} to ${ITERATIONS.most}`,
    );
  }
  const salted = await derive(preparePassword(password), salt, iterations, HASH_BYTES, "sha256");
  return {
    salt: Buffer.from(salt),
    iterations,
    storedKey: createHash("sha256").update(hmac(salted, "Client Key")).digest(),
    serverKey: hmac(salted, "Server Key"),
  };
}

/** @throws XqbusError `xqbus:illegal-argument` for what is no such hash */
export function assertPasswordHash(hash: unknown): asserts hash is PasswordHash {
  readPasswordHash((hash ?? {}) as PasswordHash);
}

/** @throws XqbusError `xqbus:illegal-argument` for what is no such hash */
export function readPasswordHash(hash: PasswordHash): ScramSecret {
  const { salt, iterations, storedKey, serverKey } = hash;
  const secret = {
    ...{ salt: bytesOf(salt), iterations },
    ...{ storedKey: bytesOf(storedKey), serverKey: bytesOf(serverKey) },
  };
  const fits = secret.storedKey.length === HASH_BYTES && secret.serverKey.length === HASH_BYTES;
  if (!fits || secret.salt.length === 0 || !isIterations(iterations)) {
    throw illegal(
      "a password hash is damaged; expected salt, iterations, storedKey, serverKey as hashPassword gives them",
    );
  }
  return secret;
}

/** Whether it is the password of the secret. */
export async function isPasswordOf(password: string, secret: ScramSecret): Promise<boolean> {
  const found = await deriveSecret(password, secret);
  return timingSafeEqual(found.storedKey, secret.storedKey);
}

/** An HMAC with SHA-256. */
export function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/**
 * The form of a password that is hashed, the same for all ways to type it (RFC 4013): spaces of all kinds are one kind, marks that
 * nobody sees are gone, Unicode normalization form KC.
 */
function preparePassword(password: string): string {
  return password
    .replace(/\p{Zs}/gu, " ")
    .replace(/[\u00AD\u034F\u1806\u180B-\u180D\u200B-\u200D\u2060\uFE00-\uFE0F\uFEFF]/g, "")
    .normalize("NFKC");
}

function isIterations(value: number): boolean {
  return Number.isInteger(value) && value >= ITERATIONS.least && value <= ITERATIONS.most;
}

function bytesOf(base64: string): Buffer {
  return Buffer.from(typeof base64 === "string" ? base64 : "", "base64");
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
