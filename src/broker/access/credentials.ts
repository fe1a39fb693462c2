import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { XqbusError } from "../../errors.ts";

const NUL = Buffer.from([0]);
const RANDOM_PASSWORD_BYTES = 24;

/** The users of one broker and their passwords. */
export class Credentials {
  readonly #passwords: ReadonlyMap<string, string>;
  /** Makes all secrets equally long, and differs from process to process. */
  readonly #key: Buffer = randomBytes(32);
  readonly #digests: readonly Buffer[];

  /**
   * @param users passwords by user name; default: `admin` with a random password
   * @throws XqbusError `xqbus:illegal-argument` when there is no user, or a name or password cannot be sent with PLAIN
   */
  constructor(users: Readonly<Record<string, string>> = { admin: randomPassword() }) {
    this.#passwords = new Map(Object.entries(users));
    if (this.#passwords.size === 0) throw illegal("users is empty; expected at least one user name with its password");
    for (const [user, password] of this.#passwords) assertSendable(user, password);
    this.#digests = [...this.#passwords].map(([user, password]) =>
      this.#digest(Buffer.concat([Buffer.from(user, "utf8"), NUL, Buffer.from(password, "utf8")])),
    );
  }

  /**
   * The password of a user.
   *
   * @param user default: the first one
   * @throws XqbusError `xqbus:illegal-argument` when there is no such user
   */
  passwordOf(user?: string): { readonly user: string; readonly password: string } {
    const name = user ?? [...this.#passwords.keys()][0] ?? "";
    const password = this.#passwords.get(name);
    if (password === undefined) {
      const known = [...this.#passwords.keys()].map((key) => JSON.stringify(key)).join(", ");
      throw illegal(`there is no user ${JSON.stringify(name)}; the users are: ${known}`);
    }
    return { user: name, password };
  }

  /**
   * Whether a response of the SASL mechanism PLAIN names a user and the right password. Takes the same time whichever
   * of them is wrong.
   *
   * @param response `[authzid] NUL authcid NUL passwd` in UTF-8 (RFC 4616, section 2); authzid must be empty or authcid
   */
  acceptsPlain(response: Buffer): boolean {
    const first = response.indexOf(0);
    const authzid = response.subarray(0, Math.max(first, 0));
    const secret = response.subarray(first + 1);
    const authcid = secret.subarray(0, Math.max(secret.indexOf(0), 0));
    const digest = this.#digest(secret);
    let known = false;
    for (const expected of this.#digests) known = timingSafeEqual(digest, expected) || known;
    return known && (authzid.length === 0 || authzid.equals(authcid));
  }

  #digest(secret: Buffer): Buffer {
    return createHmac("sha256", this.#key).update(secret).digest();
  }
}

function randomPassword(): string {
  return randomBytes(RANDOM_PASSWORD_BYTES).toString("base64url");
}

function assertSendable(user: string, password: string): void {
  if (user === "") throw illegal("a user has an empty name; expected at least one character");
  if (typeof password !== "string" || password === "") {
    throw illegal(`user ${JSON.stringify(user)} has no password; expected a string of at least one character`);
  }
  if (user.includes("\0") || password.includes("\0")) {
    throw illegal(`name or password of user ${JSON.stringify(user)} has a NUL character; PLAIN cannot send it`);
  }
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
