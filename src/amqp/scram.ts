import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import type { SaslAnswer, SaslMechanism } from "./sasl.ts";

/** Iterations that a server may ask for: fewer make the password easy to guess (RFC 7677, section 4), more are an attack on us. */
const MIN_ITERATIONS = 4_096;
const MAX_ITERATIONS = 1_000_000;
const HASH_BYTES = 32;
/** GS2 header for no channel binding and no other identity (RFC 5802, section 7). */
const GS2_HEADER = "n,,";

/**
 * One login with SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. The password does not travel, and the broker must prove
 * that it knows it as well.
 */
export class ScramSha256 implements SaslMechanism {
  readonly #user: string;
  readonly #password: string;
  readonly #nonce: string;
  #serverSignature: Buffer | undefined;
  #proven = false;

  /** @param nonce for tests; default: a random one */
  constructor(user: string, password: string, nonce: string = randomBytes(24).toString("base64")) {
    // SASLprep maps to NFKC (RFC 4013); what it forbids beyond that, the broker has refused when the user was made.
    this.#user = user.normalize("NFKC").replaceAll("=", "=3D").replaceAll(",", "=2C");
    this.#password = password.normalize("NFKC");
    this.#nonce = nonce;
  }

  start(answer: SaslAnswer): void {
    answer(undefined, Buffer.from(GS2_HEADER + this.#clientFirst, "utf8"));
  }

  step(challenge: Buffer, answer: SaslAnswer): void {
    const text = challenge.toString("utf8");
    if (this.#serverSignature === undefined) this.#prove(text, answer);
    else if (this.#isSignature(text)) answer(undefined, Buffer.alloc(0));
    else answer(new Error(UNPROVEN));
  }

  /** The broker may send its proof with the outcome instead of a challenge (RFC 4422, section 3.6). */
  finish(additionalData: Uint8Array | undefined): string | undefined {
    if (additionalData !== undefined && additionalData.length > 0)
      this.#isSignature(Buffer.from(additionalData).toString());
    return this.#proven ? undefined : UNPROVEN;
  }

  get #clientFirst(): string {
    return `n=${this.#user},r=${this.#nonce}`;
  }

  #prove(serverFirst: string, answer: SaslAnswer): void {
    const fields = fieldsOf(serverFirst);
    const nonce = fields.get("r") ?? "";
    const iterations = Number(fields.get("i"));
    const salt = Buffer.from(fields.get("s") ?? "", "base64");
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length || salt.length === 0) {
      answer(new Error("the broker's first message of SCRAM is wrong"));
      return;
    }
    if (!(Number.isInteger(iterations) && iterations >= MIN_ITERATIONS && iterations <= MAX_ITERATIONS)) {
      answer(
        new Error(
          `the broker asks for ${iterations} iterations of SCRAM; ${MIN_ITERATIONS} to ${MAX_ITERATIONS} are accepted`,
        ),
      );
      return;
    }
    pbkdf2(this.#password, salt, iterations, HASH_BYTES, "sha256", (error, salted) => {
      if (error !== null) {
        answer(error);
        return;
      }
      const withoutProof = `c=${Buffer.from(GS2_HEADER).toString("base64")},r=${nonce}`;
      const authMessage = `${this.#clientFirst},${serverFirst},${withoutProof}`;
      const clientKey = hmac(salted, "Client Key");
      const proof = xor(clientKey, hmac(createHash("sha256").update(clientKey).digest(), authMessage));
      this.#serverSignature = hmac(hmac(salted, "Server Key"), authMessage);
      answer(undefined, Buffer.from(`${withoutProof},p=${proof.toString("base64")}`));
    });
  }

  #isSignature(serverFinal: string): boolean {
    const signature = Buffer.from(fieldsOf(serverFinal).get("v") ?? "", "base64");
    const expected = this.#serverSignature;
    this.#proven =
      expected !== undefined && signature.length === expected.length && timingSafeEqual(signature, expected);
    return this.#proven;
  }
}

const UNPROVEN = "the broker did not prove that it knows the password (SCRAM)";

function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(",").map((field) => [field.slice(0, 1), field.slice(2)]));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}
