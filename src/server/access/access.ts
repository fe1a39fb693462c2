import { assertInteger, shown } from "../../assert-option.ts";
import type { Cluster } from "../../cluster/index.ts";
import { XqbusError } from "../../errors.ts";
import type { ApiKey, AuditEntry, AuditQuery, NewApiKey } from "../api-client/index.ts";
import type { AccessBook, AuditNote, KeptKey } from "./access-book.ts";
import { openAccessBook } from "./file-access-book.ts";
import { openSharedAccessBook } from "./shared-access-book.ts";
import { hashSecret, isSecret, newKeyId, newSecret } from "./key-secret.ts";
import { memoryAccessBook } from "./memory-access-book.ts";
import { assertScopes } from "./scopes.ts";

/** How long and how much of the audit log is kept. */
export interface AccessOptions {
  /** Ms. Default 90 days. */
  readonly keepAuditMs?: number;
  /** Default 100,000. */
  readonly maxAuditEntries?: number;
  /** Ms since 1970. Default: the machine's. */
  readonly now?: () => number;
  /** With it keys and audit log are those of all daemons of the bus, in PostgreSQL instead of the folder. */
  readonly shared?: SharedAccess | undefined;
}

/** The daemons that have the same keys. */
export interface SharedAccess {
  /** Of a database of PostgreSQL. */
  readonly url: string;
  readonly cluster: Pick<Cluster, "follow">;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_KEEP_AUDIT_MS = 90 * DAY_MS;
const DEFAULT_MAX_AUDIT_ENTRIES = 100_000;
/** Entries between two looks for what is too old. */
const TIDY_EVERY = 1000;
const DEFAULT_AUDIT_LIMIT = 100;
const MAX_AUDIT_LIMIT = 1000;
const MAX_DETAILS_LENGTH = 1024;
const MAX_NAME_LENGTH = 200;

/**
 * The API keys of a daemon and its audit log, in `access.db` of its folder. The file is locked while it is open, so that either the
 * daemon has it, or a command that works without one.
 */
export class Access {
  readonly #book: AccessBook;
  #keys: Map<string, KeptKey> = new Map();
  /** Tells the other daemons that keys have changed. */
  #announce: () => Promise<void> = async () => undefined;
  readonly #now: () => number;
  readonly #keepAuditMs: number;
  readonly #maxAuditEntries: number;
  #untidied = 0;

  /**
   * @param folder undefined: in memory
   * @throws XqbusError `xqbus:store-in-use` a daemon runs with this folder; `xqbus:unreadable`, `xqbus:store-damaged` and the like
   */
  static async open(folder?: string, options: AccessOptions = {}): Promise<Access> {
    const access = new Access(await bookOf(folder, options.shared), options);
    try {
      if (options.shared === undefined) await access.#read();
      else access.#announce = await options.shared.cluster.follow("api-keys", () => access.#read());
      await access.#tidy();
      return access;
    } catch (error) {
      await access.close();
      throw error;
    }
  }

  private constructor(book: AccessBook, options: AccessOptions) {
    const { keepAuditMs = DEFAULT_KEEP_AUDIT_MS, maxAuditEntries = DEFAULT_MAX_AUDIT_ENTRIES } = options;
    assertInteger(keepAuditMs, "keepAuditMs", 1);
    assertInteger(maxAuditEntries, "maxAuditEntries", 1);
    this.#book = book;
    this.#now = options.now ?? Date.now;
    this.#keepAuditMs = keepAuditMs;
    this.#maxAuditEntries = maxAuditEntries;
  }

  /** What signs tokens; the same after a restart. */
  get signingKey(): Uint8Array {
    return this.#book.signingKey;
  }

  /** All keys, the oldest first. */
  get keys(): readonly ApiKey[] {
    return [...this.#keys.values()].map(shownKey).sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Undefined when there is none, or it was deleted. */
  key(id: string): ApiKey | undefined {
    const key = this.#keys.get(id);
    return key && shownKey(key);
  }

  /** The key with this id and secret; undefined when there is none. Takes as long for an unknown id as for a wrong secret. */
  keyWith(id: string, secret: string): ApiKey | undefined {
    const key = this.#keys.get(id);
    const isRight = isSecret(secret, key ?? NOBODY);
    return key !== undefined && isRight ? shownKey(key) : undefined;
  }

  /**
   * Makes a key; its secret is in the answer and nowhere else.
   *
   * @param name for people
   * @throws XqbusError `xqbus:illegal-argument`
   */
  async createKey(name: string, scopes: readonly string[]): Promise<NewApiKey> {
    const { key, secret } = this.#newKey(name, scopes);
    await this.#book.addKey(key);
    return this.#added(key, secret);
  }

  /** The same where there is no key yet, in whichever daemon; undefined: there is one. */
  async createFirstKey(name: string, scopes: readonly string[]): Promise<NewApiKey | undefined> {
    if (this.#keys.size > 0) return undefined;
    const { key, secret } = this.#newKey(name, scopes);
    return (await this.#book.addFirstKey(key)) ? this.#added(key, secret) : undefined;
  }

  async #added(key: KeptKey, secret: string): Promise<NewApiKey> {
    this.#keys.set(key.id, key);
    await this.#announce();
    return { ...shownKey(key), secret };
  }

  #newKey(name: string, scopes: readonly string[]): { readonly key: KeptKey; readonly secret: string } {
    if (name.length > MAX_NAME_LENGTH || /\p{Cc}/u.test(name)) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `the name of an API key must be one line of at most ${MAX_NAME_LENGTH} characters, got ${shown(name)}`,
      );
    }
    assertScopes(scopes);
    const secret = newSecret();
    const key = { id: newKeyId(), name, scopes: [...scopes], createdAt: this.#now(), ...hashSecret(secret) };
    return { key, secret };
  }

  /**
   * Deletes a key. Its tokens are of no use from now on.
   *
   * @throws XqbusError `xqbus:unknown-name`
   */
  async deleteKey(id: string): Promise<ApiKey> {
    const key = this.#keys.get(id);
    if (key === undefined) throw new XqbusError("xqbus:unknown-name", `there is no API key ${shown(id)}`);
    await this.#book.deleteKey(id);
    this.#keys.delete(id);
    await this.#announce();
    return shownKey(key);
  }

  /** Writes a line into the audit log; details beyond 1 KiB of JSON are left out. */
  async record({ details, ...note }: AuditNote): Promise<void> {
    const isShort = JSON.stringify(details).length <= MAX_DETAILS_LENGTH;
    await this.#book.addAudit({ at: this.#now(), ...note, details: isShort ? details : { isCut: true } });
    if (++this.#untidied >= TIDY_EVERY) await this.#tidy();
  }

  /** Lines of the audit log, the latest first. @throws XqbusError `xqbus:illegal-argument` */
  audit(query: AuditQuery = {}): Promise<readonly AuditEntry[]> {
    const { limit = DEFAULT_AUDIT_LIMIT } = query;
    assertInteger(limit, "limit", 1, MAX_AUDIT_LIMIT);
    return this.#book.audit({ ...query, limit });
  }

  close(): Promise<void> {
    return this.#book.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #read(): Promise<void> {
    this.#keys = new Map((await this.#book.keys()).map((key) => [key.id, key]));
  }

  async #tidy(): Promise<void> {
    this.#untidied = 0;
    await this.#book.tidyAudit(this.#now() - this.#keepAuditMs, this.#maxAuditEntries);
  }
}

async function bookOf(folder: string | undefined, shared: SharedAccess | undefined): Promise<AccessBook> {
  if (shared !== undefined) return openSharedAccessBook(shared.url);
  return folder === undefined ? memoryAccessBook() : openAccessBook(folder);
}

/** Somebody whose secret nobody has. */
const NOBODY = hashSecret(newSecret());

function shownKey({ id, name, scopes, createdAt }: ApiKey): ApiKey {
  return { id, name, scopes, createdAt };
}
