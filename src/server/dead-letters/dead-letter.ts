/** A dead letter of a listener, or of a queue or subscription of the embedded broker. Times are ms since 1970. */
export interface DeadLetter {
  /** `listener-<delivery>` or `queue-<number>`; never used again for another one. */
  readonly id: string;
  /**
   * Who has failed: a listener's id, a queue's address, or `<topic> <subscription>` (`<topic> <container>/<subscription>` where the
   * container is not the one that this library makes of the name).
   */
  readonly subscription: string;
  readonly kind: "listener" | "subscription" | "queue";
  readonly eventId: string | undefined;
  /** Undefined for what is no event. */
  readonly eventType: string | undefined;
  readonly subject: string | undefined;
  readonly reason: string;
  readonly error: string | undefined;
  readonly attempts: number;
  readonly at: number;
  /** How often it was redriven before. */
  readonly redrives: number;
  readonly bytes: number;
}

/** Which dead letters are meant; what is given must hold. */
export interface DeadLetterQuery {
  readonly ids?: readonly string[];
  /** As in {@link DeadLetter.subscription}, or the mere name of a subscription or a listener. */
  readonly subscription?: string;
  readonly reason?: string;
  /** Message id of the event. */
  readonly eventId?: string;
  /** The annotation `type`, or the name of the event type. One that the catalog does not know, and of which there is nothing, is an error. */
  readonly eventType?: string;
  /** Over the event; one whose evaluation fails is not meant. */
  readonly xquery?: string;
  /** Those behind this id in the list, which has those of listeners first, then those of the broker, each with the oldest first. */
  readonly after?: string;
  /** Of `list` only; default 100, at most 1000. */
  readonly limit?: number;
}

/** Dead letters that have the same cause: subscription, reason, event type and error. */
export interface DeadLetterGroup {
  readonly subscription: string;
  readonly reason: string;
  readonly eventType: string | undefined;
  /** The error with numbers and ids taken out, so that alike ones are one; undefined also when there are too many different ones. */
  readonly error: string | undefined;
  readonly count: number;
  readonly oldest: number;
  readonly latest: number;
  /** One of them. */
  readonly example: string;
}

/** What came of redriving or deleting. */
export interface DeadLetterChange {
  readonly matched: number;
  /** Redriven or deleted; with `dryRun` what would be. */
  readonly changed: number;
  /** Not redriven or deleted: not valid any more, the subscription or the dead letter is gone. The first 100 of them. */
  readonly refused: readonly { readonly id: string; readonly code: string; readonly message: string }[];
}

/** For whom dead letters are looked at; their event type is undefined for what is no event. */
export interface DeadLetterView {
  /** Whether there are any of this event type for them. Default: of every one. */
  readonly isSeen?: (eventType: string | undefined) => boolean;
  /** Whether the filter sees `***` in place of sensitive values: what somebody may not see, their filter cannot ask for. Default: no. */
  readonly isMasked?: (eventType: string | undefined) => boolean;
}

/** How dead letters are changed. */
export interface DeadLetterChangeOptions extends Pick<DeadLetterView, "isSeen"> {
  /** Nothing is changed; the counts are those of what would be. */
  readonly dryRun?: boolean;
}

/** The dead letters of a daemon, wherever they are. */
export interface DeadLetters {
  list(query?: DeadLetterQuery, view?: DeadLetterView): Promise<readonly DeadLetter[]>;
  groups(query?: DeadLetterQuery, view?: DeadLetterView): Promise<readonly DeadLetterGroup[]>;
  /** @throws XqbusError `xqbus:unknown-name` */
  show(id: string, view?: DeadLetterView): Promise<DeadLetter & { readonly document: Uint8Array }>;
  /** Delivers again, to the one subscription that failed, what is still valid. */
  redrive(query: DeadLetterQuery, options?: DeadLetterChangeOptions): Promise<DeadLetterChange>;
  delete(query: DeadLetterQuery, options?: DeadLetterChangeOptions): Promise<DeadLetterChange>;
}
