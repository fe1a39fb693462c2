import { AbortedError } from "../amqp/index.ts";
import { annotationsOf, retentionMs, type Catalog } from "../schema/index.ts";
import { ArchiveSize } from "./archive-size.ts";
import type { Kind } from "./kinds.ts";
import type { ArchiveDatabase } from "./tables.ts";

/** What is kept. */
export interface Retention {
  /** Ms since it was archived, where nothing says otherwise for the type. Default: for ever. */
  readonly keepMs?: number;
  /** The same for types by their words; Infinity keeps them for ever. It goes before the annotation `retention` of a type, and that before `keepMs`. */
  readonly keepMsOf?: ReadonlyMap<string, number>;
  /** Bytes of all documents; beyond, the oldest go. Default: any number. */
  readonly maxBytes?: number;
}

/** How it is done. */
export interface PruneOptions {
  readonly signal?: AbortSignal;
  /** The time, in ms since 1970. */
  readonly now?: () => number;
  /** What whoever deletes has counted before. Default: all events are counted. */
  readonly size?: ArchiveSize;
}

/** What was deleted. */
export interface Pruned {
  readonly events: number;
  /** Of their documents. */
  readonly bytes: number;
}

/** Events that are deleted in one transaction: events that come meanwhile wait for it. */
const STEP = 500;

/** Deletes what is not kept any more; see `Archive.prune`. */
export async function prune(
  database: ArchiveDatabase,
  retention: Retention,
  catalog: Catalog | undefined,
  { signal, now = Date.now, size = new ArchiveSize() }: PruneOptions,
): Promise<Pruned> {
  const pruning = new Pruning(database, size, signal);
  const { maxBytes = Infinity } = retention;
  const kinds = await database.kysely
    .selectFrom("archive_kind")
    .select(["id", "type", "name", "namespace", "retention"])
    .execute();
  for (const kind of kinds) {
    const said = saidOf(kind, catalog);
    if (said !== kind.retention) await remember(database, kind.id, said);
    const keep = givenFor(kind, retention) ?? said ?? retention.keepMs ?? Infinity;
    if (keep !== Infinity) await pruning.olderThan(kind.id, now() - keep);
  }
  if (maxBytes !== Infinity) await pruning.downTo(maxBytes);
  return pruning.pruned;
}

function givenFor({ type, name }: Pick<Kind, "type" | "name">, { keepMsOf }: Retention): number | undefined {
  return keepMsOf?.get(type) ?? keepMsOf?.get(name);
}

/** What the type says, or has said: schemas may be away for a moment, and what is deleted does not come back. */
function saidOf(
  { name, namespace, retention }: Pick<Kind, "name" | "namespace"> & { readonly retention: number | null },
  catalog: Catalog | undefined,
): number | null {
  const event = catalog && annotationsOf(catalog.model).event(name, namespace);
  return event === undefined ? retention : (retentionMs(event.annotations) ?? null);
}

async function remember({ kysely }: ArchiveDatabase, kind: number, retention: number | null): Promise<void> {
  await kysely.updateTable("archive_kind").set({ retention }).where("id", "=", kind).execute();
}

class Pruning {
  pruned: Pruned = { events: 0, bytes: 0 };
  readonly #database: ArchiveDatabase;
  readonly #size: ArchiveSize;
  readonly #signal: AbortSignal | undefined;

  constructor(database: ArchiveDatabase, size: ArchiveSize, signal: AbortSignal | undefined) {
    this.#database = database;
    this.#size = size;
    this.#signal = signal;
  }

  /** Events of a kind, which are in the order of their arrival. */
  async olderThan(kind: number, time: number): Promise<void> {
    const { kysely } = this.#database;
    const rows = (behind: number) =>
      kysely
        .selectFrom("archive_event")
        .select(["id", "size", "archived_at"])
        .where("kind", "=", kind)
        .where("id", ">", behind)
        .orderBy("id")
        .limit(STEP)
        .execute();
    for (let page = await rows(0); page.length > 0; page = await rows(page.at(-1)?.id ?? 0)) {
      const old = page.filter(({ archived_at: archivedAt }) => archivedAt < time);
      await this.#delete(old);
      if (old.length < page.length) return;
    }
  }

  async downTo(maxBytes: number): Promise<void> {
    const { kysely } = this.#database;
    let excess = (await this.#size.count(this.#database)) - maxBytes;
    while (excess > 0) {
      const page = await kysely.selectFrom("archive_event").select(["id", "size"]).orderBy("id").limit(STEP).execute();
      if (page.length === 0) return;
      const gone: { id: number; size: number }[] = [];
      for (const row of page) {
        if (excess <= 0) break;
        gone.push(row);
        excess -= row.size;
      }
      await this.#delete(gone);
    }
  }

  async #delete(rows: readonly { readonly id: number; readonly size: number }[]): Promise<void> {
    if (this.#signal?.aborted === true)
      throw new AbortedError("deleting was cancelled", { cause: this.#signal.reason });
    if (rows.length === 0) return;
    const { events, bytes } = this.pruned;
    this.pruned = { events: events + rows.length, bytes: rows.reduce((sum, { size }) => sum + size, bytes) };
    const ids = rows.map(({ id }) => id);
    const number = Math.max(...ids);
    try {
      await this.#database.kysely.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("archive_field").where("event", "in", ids).execute();
        await transaction.deleteFrom("archive_event").where("id", "in", ids).execute();
        await transaction
          .insertInto("archive_mark")
          .values({ name: "deleted", number })
          .onConflict((there) => there.column("name").doUpdateSet({ number }).where("archive_mark.number", "<", number))
          .execute();
      });
    } catch (error) {
      // It may have been done all the same.
      this.#size.forget();
      throw error;
    }
    this.#size.deleted(rows);
  }
}
