import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { XqbusError } from "../../errors.ts";
import { DEFAULT_ITERATIONS, deriveSecret, hmac, isPasswordOf, readPasswordHash, SALT_BYTES } from "./password-hash.ts";
import type { PasswordHash, ScramSecret } from "./password-hash.ts";
import { assertUserName } from "./user-name.ts";

/** Users by name: each with a password, or with the hash of one. */
export type Users = Readonly<Record<string, string | PasswordHash>>;

const NUL = Buffer.from([0]);
const RANDOM_PASSWORD_BYTES = 24;

/** A password that nobody guesses. */
export function randomPassword(): string {
  return randomBytes(RANDOM_PASSWORD_BYTES).toString("base64url");
}

/** The users of one broker and their passwords. */
export class Credentials {
  /** Makes all secrets equally long, and differs from process to process. */
  readonly #key: Buffer = randomBytes(32);
  readonly #passwords = new Map<string, string>();
  readonly #digests: Buffer[] = [];
  readonly #hashed = new Map<string, ScramSecret>();
  /** What a user of `#hashed` has shown once, as a digest: hashing it again takes long. */
  readonly #proven = new Map<string, Buffer>();
  #derived: Promise<ReadonlyMap<string, ScramSecret>> | undefined;

  /**
   * @param users default: `admin` with a random password
   * @param assertName throws when a name cannot be that of a user
   * @throws XqbusError `xqbus:illegal-argument` when there is no user, or a name or password cannot be used
   */
  constructor(users: Users = { admin: randomPassword() }, assertName: (name: string) => void = assertUserName) {
    const entries = Object.entries(users);
    if (entries.length === 0) throw illegal("users is empty; expected at least one user name with its password");
    for (const [user, password] of entries) {
      assertName(user);
      if (typeof password === "object" && password !== null) this.#hashed.set(user, readPasswordHash(password));
      else this.#addPassword(user, password);
    }
  }

  has(user: string): boolean {
    return this.#passwords.has(user) || this.#hashed.has(user);
  }

  /**
   * The password of a user; undefined when only its hash is known.
   *
   * @param user default: the first one
   * @throws XqbusError `xqbus:illegal-argument` when there is no such user
   */
  passwordOf(user?: string): { readonly user: string; readonly password: string | undefined } {
    const names = [...this.#passwords.keys(), ...this.#hashed.keys()];
    const name = user ?? names[0] ?? "";
    if (!this.has(name)) {
      const known = names.map((key) => JSON.stringify(key)).join(", ");
      throw illegal(`there is no user ${JSON.stringify(name)}; the users are: ${known}`);
    }
    return { user: name, password: this.#passwords.get(name) };
  }

  /**
   * Whether a user has that password. Takes the same time whether the name or the password is wrong; only where there are
   * hashes it takes long enough for a promise.
   */
  accepts(user: string, password: string): boolean | Promise<boolean> {
    const digest = this.#digest(user, password);
    let isRight = false;
    for (const expected of this.#digests) isRight = timingSafeEqual(digest, expected) || isRight;
    const proven = this.#proven.get(user);
    if (proven !== undefined && timingSafeEqual(digest, proven)) isRight = true;
    return isRight || this.#hashed.size === 0 ? isRight : this.#acceptsHashed(user, password, digest);
  }

  /** What SCRAM needs of a user; for an unknown one something that looks like it, always the same (RFC 5802, section 9). */
  async scramSecret(user: string): Promise<ScramSecret> {
    const derived = await (this.#derived ??= this.#derive());
    return this.#hashed.get(user) ?? derived.get(user) ?? this.#fakeSecret(user);
  }

  async #acceptsHashed(user: string, password: string, digest: Buffer): Promise<boolean> {
    const secret = this.#hashed.get(user);
    const isRight = await isPasswordOf(password, secret ?? this.#fakeSecret(user));
    if (secret === undefined || !isRight) return false;
    this.#proven.set(user, digest);
    return true;
  }

  /** For all users at once, so that no name takes longer than another. */
  async #derive(): Promise<ReadonlyMap<string, ScramSecret>> {
    const entries = [...this.#passwords].map(async ([user, password]) => {
      return [user, await deriveSecret(password, { salt: this.#saltOf(user) })] as const;
    });
    return new Map(await Promise.all(entries));
  }

  #fakeSecret(user: string): ScramSecret {
    const [iterations = DEFAULT_ITERATIONS] = [...this.#hashed.values()].map((secret) => secret.iterations);
    return { salt: this.#saltOf(user), iterations, storedKey: randomBytes(32), serverKey: randomBytes(32) };
  }

  #saltOf(user: string): Buffer {
    return hmac(this.#key, `salt of ${user}`).subarray(0, SALT_BYTES);
  }

  #addPassword(user: string, password: string): void {
    if (typeof password !== "string" || password === "") {
      throw illegal(`user ${JSON.stringify(user)} has no password; expected a string of at least one character`);
    }
    if (password.includes("\0")) {
      throw illegal(`the password of user ${JSON.stringify(user)} has a NUL character; PLAIN cannot send it`);
    }
    this.#passwords.set(user, password);
    this.#digests.push(this.#digest(user, password));
  }

  #digest(user: string, password: string): Buffer {
    const secret = Buffer.concat([Buffer.from(user, "utf8"), NUL, Buffer.from(password, "utf8")]);
    return createHmac("sha256", this.#key).update(secret).digest();
  }
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
