import type { Run, RunAttempt } from "../../action/index.ts";
import type { BrokerCounts, BrokerRates } from "../../broker/index.ts";
import type { ExplainedError, Explanation } from "../../filter/index.ts";
import type { EventTrace } from "../../listener/index.ts";
import type { EventDescription } from "../../schema/index.ts";
import type { DeadLetter } from "../dead-letters/dead-letter.ts";
import type { TaskletRecord } from "../tasklet-records/index.ts";

/** What became of an event at listeners, and in the embedded broker. Without listeners that wanted it, less is known. */
export interface EventTimeline extends Pick<EventTrace, "eventId" | "bytes" | "deliveries"> {
  readonly eventType: string | undefined;
  readonly subject: string | undefined;
  /** When the daemon had it for its listeners, ms since 1970. */
  readonly acceptedAt: number | undefined;
  readonly traceparent: string | undefined;
  /** Those of queues and subscriptions. */
  readonly deadLetters: readonly DeadLetter[];
  /** Runs of actions and workflows that it has started, and their steps, the oldest first. Left out: the caller may not see runs. */
  readonly runs?: readonly TracedRun[];
  /** Its places in the archive; several when senders used its id for different documents. */
  readonly archived?: readonly ArchivedPlace[];
  /** What consumers in folders have told of their tasklets, the oldest first. */
  readonly tasklets?: readonly TaskletRecord[];
}

/** A run without what it was given and gave. */
export interface TracedRun extends Pick<
  Run,
  "id" | "kind" | "name" | "state" | "parent" | "step" | "createdAt" | "endedAt" | "error"
> {
  readonly attempts: readonly RunAttempt[];
}

/** Where an event is in the archive. */
export interface ArchivedPlace {
  readonly number: number;
  /** Ms since 1970. */
  readonly archivedAt: number;
}

/** An event type in the list of all. */
export interface EventTypeSummary {
  /** As in `catalog.eventNames`. */
  readonly name: string;
  /** In the words of its XSD file: the annotation `type`, else the name. */
  readonly type: string;
  readonly documentation: string;
}

/** All of an event type. */
export interface EventTypeDetails extends EventTypeSummary {
  /** Without the path of its file. */
  readonly description: Omit<EventDescription, "file">;
}

/** An event that the bus has accepted. */
export interface PublishedEvent {
  /** The message id. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
}

/** What is wrong with a filter, at its place. */
export interface FilterProblemAnswer {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Whether a filter compiles, and which events it can match. */
export interface FilterCheckAnswer {
  readonly canMatch: boolean;
  readonly eventTypes: readonly string[] | "all";
  readonly problems: readonly FilterProblemAnswer[];
}

/** Why a filter matches an event, or why not. */
export type FilterExplanation = Explanation & { readonly error?: ExplainedError };

/** The broker of the daemon; `counts` and `rates` of an embedded one only. */
export interface BrokerState {
  readonly isEmbedded: boolean;
  readonly counts?: BrokerCounts;
  readonly rates?: BrokerRates;
}

/** What came of purging, deleting, moving or replaying; with `dryRun` what would come. */
export interface MessagesChanged {
  readonly messages: number;
}

/** An API key, without its secret. */
export interface ApiKey {
  /** `xk_` and 16 characters. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Ms since 1970. */
  readonly createdAt: number;
}

/** A new API key with its secret, which is shown this once. */
export interface NewApiKey extends ApiKey {
  readonly secret: string;
}

/** One line of the audit log. */
export interface AuditEntry {
  readonly id: number;
  /** Ms since 1970. */
  readonly at: number;
  /** Id of an API key; `local` without authentication, and for changes of the folder by the command; `bus:` and a user for what was asked over the bus. */
  readonly who: string;
  /** `listener.create`, `broker.queue.purge`, … */
  readonly action: string;
  /** What was changed: an id, an address; empty where it has none yet. */
  readonly target: string;
  /** `done`, or the code of the error. */
  readonly outcome: string;
  /** Other facts, at most 1 KiB of JSON, without secrets. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Which lines of the audit log are wanted; what is given must hold. The latest come first. */
export interface AuditQuery {
  readonly who?: string;
  readonly action?: string;
  readonly target?: string;
  /** Those with a smaller id. */
  readonly before?: number;
  /** Default 100, at most 1000. */
  readonly limit?: number;
}
