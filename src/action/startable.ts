import type { Kysely } from "../database/index.ts";
import type { NewRun } from "./run/index.ts";
import type { WorkTables } from "./work-database.ts";

/** Something that can be started: what its run has of it. */
export type Startable = Pick<NewRun, "kind" | "subject" | "name" | "timeoutMs" | "retry" | "definition">;

/**
 * Finds what can be started, by id or name; one for each kind.
 *
 * @param kysely a transaction to be used instead of a connection of its own: who has the lock of all runs must not wait for another one
 */
export type FindStartable = (idOrName: string, kysely?: Kysely<WorkTables>) => Promise<Startable | undefined>;
