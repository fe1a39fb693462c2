import type { Event } from "../../event/index.ts";
import type { Filter } from "../../filter/index.ts";
import type { ArchivedEvent } from "../archived-event.ts";

/** Which events are wanted; all conditions must hold. */
export interface ArchiveQuery {
  /** Sent at this time or later, ms since 1970. */
  readonly since?: number;
  /** Sent before this time, ms since 1970. */
  readonly until?: number;
  /** Types by their words, or names of event elements. */
  readonly types?: readonly string[];
  /** Routing key with `*` for a word and `#` for any number of them. */
  readonly routingKey?: string;
  readonly filter?: Filter;
  /** Behind the event with this number. */
  readonly after?: number;
  /** Events at most. Default: all. */
  readonly limit?: number;
}

/** How far a query is. */
export interface QueryProgress {
  /** Documents that were read. */
  readonly looked: number;
  readonly matched: number;
  /** From 0 to 1. */
  readonly done: number;
}

/** How a query is read. */
export interface QueryOptions {
  readonly signal?: AbortSignal;
  /** Told after each page. */
  readonly onProgress?: (progress: QueryProgress) => void;
  /** Told of each event that the filter failed on, which is no match; of one that cannot be read, too. */
  readonly onFilterError?: (event: ArchivedEvent, error: Error) => void;
  /** What the filter sees instead of an event, such as the event without sensitive values. */
  readonly view?: (event: Event, archived: ArchivedEvent) => Event;
  /** Whether events of a type may be seen. Default: all. */
  readonly allowsType?: (type: string) => boolean;
}

/** What became of counting. */
export interface ArchiveCount {
  readonly matched: number;
  /** Documents that were read. */
  readonly looked: number;
  /** Events that the filter failed on. */
  readonly filterErrors: number;
}

/** What a query asks a database for. */
export interface ArchivePlan {
  /** What the filter implies, by event type; types that it cannot match are not there. */
  readonly implied: readonly { readonly types: readonly string[]; readonly condition: string }[];
  /** The statement for the first page. */
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** How the database goes about it, in its own words. */
  readonly plan: readonly string[];
}
