import { randomUUID } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { unauthenticated } from "./refusal.ts";

const ISSUER = "xqbus";
const AUDIENCE = "xqbus-api";
const ALGORITHM = "HS256";

/** A token as `POST /token` answers it (RFC 6749, section 5.1). */
export interface Token {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** Seconds. */
  readonly expires_in: number;
  /** With spaces between; those within a scope, which has the name of an action then, are `%20`. */
  readonly scope: string;
}

/** Makes and reads the tokens of API keys: JSON Web Tokens (RFC 7519) that name the key, so that what it may is looked up at each use. */
export class Tokens {
  readonly #key: Uint8Array;
  readonly #lifetimeMs: number;
  readonly #now: () => number;

  /** @param now ms since 1970 */
  constructor(signingKey: Uint8Array, lifetimeMs: number, now: () => number) {
    this.#key = signingKey;
    this.#lifetimeMs = lifetimeMs;
    this.#now = now;
  }

  async issue(keyId: string, scopes: readonly string[]): Promise<Token> {
    const seconds = Math.max(1, Math.floor(this.#lifetimeMs / 1000));
    // Whole seconds: rounded up, so that a token is never valid for a shorter time than it says.
    const issuedAt = Math.floor(this.#now() / 1000);
    const text = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
      .setSubject(keyId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + 1 + seconds)
      .setJti(randomUUID())
      .sign(this.#key);
    return { access_token: text, token_type: "Bearer", expires_in: seconds, scope: scopes.map(asWord).join(" ") };
  }

  /**
   * The id of the key that a token was made for.
   *
   * @throws Refusal with status 401
   */
  async keyIdOf(token: string): Promise<string> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: [ALGORITHM],
        currentDate: new Date(this.#now()),
        requiredClaims: ["sub", "exp", "jti"],
      });
      return payload.sub ?? "";
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw unauthenticated("the token has expired; get another one with POST /token");
      }
      if (error instanceof errors.JOSEError) {
        throw unauthenticated("the token is not one of this daemon; get one with POST /token");
      }
      throw error;
    }
  }
}

function asWord(scope: string): string {
  return scope.replaceAll(" ", "%20");
}
