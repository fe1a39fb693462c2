/** A filter of the common work: an event type, a field and its value. */
export type ValueFilter = readonly [type: string, field: string, value: string];

/** How much is sent. */
export interface Amount {
  /** Events before those that count. */
  readonly warm: number;
  /** Events of one round. */
  readonly events: number;
  readonly rounds: number;
}

/** What a process is to do: nothing else, and then to end. */
export interface Task {
  readonly role: "sender" | "receiver";
  readonly url: string;
  /** Folder with the common work. */
  readonly work: string;
  /** Folder with the XSD files. */
  readonly schemas: string;
  readonly filters: readonly ValueFilter[];
  readonly amount: Amount;
}

/** One round in one process. */
export interface Mark {
  /** User CPU time for each event, in microseconds. */
  readonly cost: number;
  readonly perSecond: number;
}

/** What a process has done. */
export interface Done {
  readonly marks: readonly Mark[];
  /** Filters that matched an event, in the mean. */
  readonly hitsPerEvent: number;
}

export type News = "ready" | Done;
