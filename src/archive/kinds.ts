import { WHOLE_EVENT } from "../schema/index.ts";
import { sensitiveKey } from "./sensitive-then.ts";
import type { ArchiveDatabase } from "./tables.ts";

/** What events of a type had in common when they were archived. */
export interface Kind {
  readonly id: number;
  /** Local name and namespace of the event element. */
  readonly name: string;
  readonly namespace: string;
  /** By which people call the type. */
  readonly type: string;
  /** See `typeFingerprint`; empty: nothing is known. */
  readonly fingerprint: string;
  /** Paths of what was sensitive; undefined: nobody knows. */
  readonly sensitive: readonly string[] | undefined;
}

/** Kinds of one archive; events beyond, and those with very long names, share one without a name: senders may invent names without end. */
const MAX_KINDS = 20_000;
/** Kinds of one type that differ in what is sensitive: where a wildcard lets them, senders may invent places without end. */
const MAX_VARIANTS = 20;
/** UTF-16 code units of its texts: PostgreSQL has pages of 8 KiB, three entries must fit, and each unit may be 3 bytes. */
const MAX_KIND_LENGTH = 850;
const OTHERS: Omit<Kind, "id"> = { name: "", namespace: "", type: "", fingerprint: "", sensitive: undefined };

/** The kinds of an archive; those that were seen are remembered. */
export class Kinds {
  readonly #database: ArchiveDatabase;
  readonly #ids = new Map<string, number>();
  /** Keys of what was sensitive, by type. */
  readonly #variants = new Map<string, Set<string>>();
  /** Those that the database is being asked for: many events of a new kind ask once. */
  readonly #asked = new Map<string, Promise<number>>();

  constructor(database: ArchiveDatabase) {
    this.#database = database;
  }

  /** All of them, as the database has them now. */
  async all(): Promise<readonly Kind[]> {
    const rows = await this.#database.kysely.selectFrom("archive_kind").selectAll().orderBy("id").execute();
    return rows.map(({ id, name, namespace, type, fingerprint, sensitive }) => ({
      ...{ id, name, namespace, type, fingerprint },
      sensitive: sensitive === null ? undefined : (JSON.parse(sensitive) as readonly string[]),
    }));
  }

  /** The number of a kind that was seen before. */
  known(kind: Omit<Kind, "id">): number | undefined {
    return this.#ids.get(keyOf(kind));
  }

  /** The number of a kind, which is added when it is new. */
  async idOf(given: Omit<Kind, "id">): Promise<number> {
    const kind = this.#variantOf(given);
    const key = keyOf(kind);
    const known = this.#ids.get(key) ?? this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#add(kind, key).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  /** The kind itself, or that of the type with everything masked when too much was sensitive in events of it, each time elsewhere. */
  #variantOf(kind: Omit<Kind, "id">): Omit<Kind, "id"> {
    const type = keyOf({ ...kind, sensitive: undefined });
    const variants = this.#variants.get(type) ?? new Set();
    const key = sensitiveKey(kind.sensitive);
    if (variants.has(key)) return kind;
    if (variants.size >= MAX_VARIANTS) return { ...kind, sensitive: [WHOLE_EVENT] };
    if (this.#variants.size < MAX_KINDS) this.#variants.set(type, variants.add(key));
    return kind;
  }

  async #add(kind: Omit<Kind, "id">, key: string): Promise<number> {
    const added = this.#ids.size < MAX_KINDS && lengthOf(kind) <= MAX_KIND_LENGTH ? kind : OTHERS;
    const id = await this.#find(added);
    if (this.#ids.size < MAX_KINDS) this.#ids.set(key, id);
    return id;
  }

  async #find({ name, namespace, type, fingerprint, sensitive: paths }: Omit<Kind, "id">): Promise<number> {
    const { kysely } = this.#database;
    const sensitive = paths === undefined ? null : JSON.stringify(paths);
    const key = sensitiveKey(paths);
    const found = kysely
      .selectFrom("archive_kind")
      .select("id")
      .where("name", "=", name)
      .where("namespace", "=", namespace)
      .where("type", "=", type)
      .where("fingerprint", "=", fingerprint)
      .where("sensitive_key", "=", key);
    const first = await found.executeTakeFirst();
    if (first !== undefined) return first.id;
    await kysely
      .insertInto("archive_kind")
      .columns(["name", "namespace", "type", "fingerprint", "sensitive", "sensitive_key"])
      .values({ name, namespace, type, fingerprint, sensitive, sensitive_key: key } as never)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return (await found.executeTakeFirstOrThrow()).id;
  }
}

function lengthOf({ name, namespace, type, fingerprint }: Omit<Kind, "id">): number {
  return name.length + namespace.length + type.length + fingerprint.length;
}

function keyOf({ name, namespace, type, fingerprint, sensitive }: Omit<Kind, "id">): string {
  return JSON.stringify([name, namespace, type, fingerprint, sensitive]);
}
