import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Credentials } from "./credentials.ts";
import { hmac } from "./password-hash.ts";
import type { ScramSecret } from "./password-hash.ts";
import { EMPTY_CHALLENGE } from "./sasl-exchange.ts";
import type { SaslExchange, SaslStep } from "./sasl-exchange.ts";

const NONCE_BYTES = 24;
/** Characters of the client's nonce: the answer repeats it, and a SASL frame has 512 bytes (AMQP 1.0, part 5.3.1). */
const MAX_NONCE_LENGTH = 200;

/** `gs2-header`, user name, nonce (RFC 5802, section 7); channel binding is not offered, so `p=` is none of it. */
const CLIENT_FIRST: RegExp = /^([ny],(?:a=([^,]+))?,)(n=([^,]+),r=([!-+\--~]+)(?:,.*)?)$/su;
const CLIENT_FINAL: RegExp = /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([A-Za-z0-9+/]+=*)$/su;

/** What is known after the client's first message. */
interface Begun {
  readonly user: string;
  readonly mayAct: boolean;
  readonly header: string;
  readonly nonce: string;
  /** Both first messages. */
  readonly messages: string;
  readonly secret: ScramSecret;
}

/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677): the client proves that it knows the password and the server that it knows its hash; neither
 * travels.
 */
export class ScramExchange implements SaslExchange {
  readonly #credentials: Credentials;
  readonly #ownNonce: string;
  #begun: Begun | undefined;

  /** @param nonce the server's part; default random */
  constructor(credentials: Credentials, nonce: string = randomBytes(NONCE_BYTES).toString("base64url")) {
    this.#credentials = credentials;
    this.#ownNonce = nonce;
  }

  respond(response: Buffer | undefined): SaslStep | Promise<SaslStep> {
    if (this.#begun !== undefined) return finish(this.#begun, response?.toString("utf8") ?? "");
    return response === undefined ? EMPTY_CHALLENGE : this.#begin(response.toString("utf8"));
  }

  async #begin(first: string): Promise<SaslStep> {
    const [, header = "", authzid, bare = "", name = "", clientNonce = ""] = CLIENT_FIRST.exec(first) ?? [];
    const user = plainName(name);
    if (user === undefined || clientNonce.length > MAX_NONCE_LENGTH) return { kind: "refused" };
    const secret = await this.#credentials.scramSecret(user);
    const nonce = `${clientNonce}${this.#ownNonce}`;
    const challenge = `r=${nonce},s=${secret.salt.toString("base64")},i=${secret.iterations}`;
    const mayAct = authzid === undefined || plainName(authzid) === user;
    this.#begun = { user, mayAct, header, nonce, secret, messages: `${bare},${challenge}` };
    return { kind: "challenge", data: Buffer.from(challenge) };
  }
}

function finish({ user, mayAct, header, nonce, messages, secret }: Begun, final: string): SaslStep {
  const [, withoutProof = "", binding = "", finalNonce, encoded = ""] = CLIENT_FINAL.exec(final) ?? [];
  const proof = Buffer.from(encoded, "base64");
  const signed = `${messages},${withoutProof}`;
  const clientSignature = hmac(secret.storedKey, signed);
  const isWhole = proof.length === clientSignature.length;
  const clientKey = clientSignature.map((byte, index) => byte ^ (proof[index] ?? 0));
  const isRight = timingSafeEqual(createHash("sha256").update(clientKey).digest(), secret.storedKey) && isWhole;
  const isBound = finalNonce === nonce && Buffer.from(binding, "base64").toString("utf8") === header;
  if (!isRight || !isBound || !mayAct) return { kind: "refused", user };
  return { kind: "accepted", user, data: Buffer.from(`v=${hmac(secret.serverKey, signed).toString("base64")}`) };
}

/** A `saslname` as it was before `,` and `=` were written as `=2C` and `=3D`; undefined when it is none. */
function plainName(name: string): string | undefined {
  if (name === "" || /=(?!2C|3D)/.test(name)) return undefined;
  return name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}
