/** What a user says of an action. */
export interface ActionInput {
  /** For people, and in scopes (`action:start:Event handle`); unique. */
  readonly name: string;
  /** File of its module below `[action] folder`. */
  readonly module: string;
  /** Name of the exported function. */
  readonly function: string;
  /** How long an attempt may take, in ms. Default: `[action] timeout`. */
  readonly timeoutMs?: number | undefined;
  /** A retry policy as text (docs/subscription.md). Default `5x exponential 1s..5m jitter 0.2`. */
  readonly retry?: string | undefined;
  /** Runs at the same time, in all processes. Default: any number, as with null, which takes a limit away. */
  readonly concurrency?: number | null | undefined;
}

/** An action: a function of a module that events, requests and times start. */
export interface Action {
  /** 24 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly module: string;
  readonly function: string;
  readonly timeoutMs: number;
  readonly retry: string;
  readonly concurrency: number | undefined;
  /** Ms since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}
