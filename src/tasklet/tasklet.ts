import { XqbusError } from "../errors.ts";
import type { ModuleDescription } from "../worker/index.ts";

/** What every function of a tasklet is called with. */
export interface TaskletInput {
  readonly params: TaskletParams;
  /** The words of the routing key: what the tasklets of the process are called for. */
  readonly tags: readonly string[];
}

/** The event. */
export interface TaskletParams {
  /** The routing key. */
  readonly eventKey: string;
  /** The tag string as it was published; of object events the guid; of others the document. */
  readonly eventBody: string;
  /** The message id: repetitions of an event have the same. */
  readonly eventId: string | undefined;
  /** Name of the event type. */
  readonly eventType: string;
  /** 1 for the first attempt to handle the event. */
  readonly attempt: number;
}

/** A module of a process folder that reacts to events. */
export interface Tasklet {
  /** Absolute path. */
  readonly module: string;
  /** It is considered for routing keys that have all these words; empty: for all. */
  readonly tags: readonly string[];
  /** Higher ones run first. */
  readonly priority: number;
  /** Whether it has a function `match`; without one every event matches. */
  readonly hasMatch: boolean;
}

/**
 * What a module says of itself as a tasklet: `tags` (or `__tags__`, as PyLabs has it), a text or a list of texts; `priority` (or
 * `__priority__`), a number, 1 if there is none; the functions `main`, and `match` if it likes.
 *
 * @throws XqbusError `xqbus:invalid-module`
 */
export function taskletOf(module: string, { functions, values }: ModuleDescription): Tasklet {
  const fail = (problem: string): XqbusError => new XqbusError("xqbus:invalid-module", `${module} ${problem}`);
  if (!functions.includes("main")) throw fail("is no tasklet: it exports no function main");
  if ("match" in values) throw fail("exports match, which is no function");
  const given = values["tags"] ?? values["__tags__"] ?? [];
  const tags: unknown = typeof given === "string" ? [given] : given;
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === "string")) {
    throw fail("exports tags, which must be a text or a list of texts");
  }
  const priority = values["priority"] ?? values["__priority__"] ?? 1;
  if (typeof priority !== "number" || !Number.isFinite(priority))
    throw fail("exports priority, which must be a number");
  return Object.freeze({ module, tags, priority, hasMatch: functions.includes("match") });
}
