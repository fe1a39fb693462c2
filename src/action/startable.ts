import type { NewRun } from "./run/index.ts";

/** Something that can be started: what its run has of it. */
export type Startable = Pick<NewRun, "kind" | "subject" | "name" | "timeoutMs" | "retry" | "definition">;

/** Finds what can be started, by id or name; one for each kind. */
export type FindStartable = (idOrName: string) => Promise<Startable | undefined>;
