/** What a user says of a listener. */
export interface ListenerInput {
  /** For people; default: none. */
  readonly name?: string;
  /** Id of the notifier's type: `email`, `http`, `amqp`, `file`, `command`. */
  readonly notifier: string;
  /** The notifier's configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Event types, by the annotation `type` or by name; `*` alone: all of them. Default: all that the filter wants. */
  readonly eventTypes?: readonly string[];
  /** A filter in XQuery, besides the types. */
  readonly xquery?: string;
  /** A pattern of subjects: `*` one word, `#` any number. */
  readonly routingKey?: string;
  /** As text, see docs/subscription.md. Default `12x exponential 5s..1h jitter 0.2 max-age 3d`. */
  readonly retry?: string;
  /** `100/min`. Default: any number. */
  readonly rate?: string;
  /** Attempts at the same time. Default 4. */
  readonly concurrency?: number;
  /** How long one attempt may take. Default 30,000. */
  readonly timeoutMs?: number;
  /** Deliveries that may wait; those beyond become dead letters (`listener-full`). Default 100,000. */
  readonly maxWaiting?: number;
}

/**
 * `active`: events are delivered. `paused`: by a person; events wait. `broken`: the circuit breaker is open after failures in a row;
 * events wait, a probe is made now and then. `disabled`: by itself, after it was broken for too long; events wait up to
 * `maxWaiting`. `failed`: its notifier could not be opened, or its filter does not fit the catalog any more.
 */
export type ListenerState = "active" | "paused" | "broken" | "disabled" | "failed";

/** A stored listener as the outside sees it; secrets of its configuration are `***`. */
export interface Listener extends Required<
  Pick<ListenerInput, "notifier" | "retry" | "concurrency" | "timeoutMs" | "maxWaiting">
> {
  /** 24 hexadecimal digits. */
  readonly id: string;
  readonly name: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
  /** Labels and texts of the configuration, for people. */
  readonly shown: readonly (readonly [label: string, text: string])[];
  readonly eventTypes: readonly string[];
  readonly xquery: string | undefined;
  readonly routingKey: string | undefined;
  readonly rate: string | undefined;
  readonly state: ListenerState;
  /** Why it is `broken`, `disabled` or `failed`. */
  readonly stateReason: string | undefined;
  /** Ms since 1970, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly counts: ListenerCounts;
}

/** What became of a listener's deliveries since it was made, in all processes of the bus. */
export interface KeptCounts {
  readonly matched: number;
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly deadLettered: number;
  readonly filterErrors: number;
}

/** Likewise, and how many wait now. */
export interface ListenerCounts extends KeptCounts {
  readonly waiting: number;
}
