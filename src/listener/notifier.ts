import type { Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { NotifierSettings } from "./notifier-settings.ts";

/** One event on its way to whoever is to be told. */
export interface Notification {
  /** The delivery's id, the same at every attempt. */
  readonly delivery: string;
  readonly listener: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The message id, the same for every listener and at every repetition: receivers recognise repeats by it. */
  readonly id: string;
  /** The event type in the words of its XSD file: the annotation `type` (`repo.sync.start`), else the event's name. */
  readonly type: string;
  /** Subject of the message: its routing key. */
  readonly subject: string;
  /** When the event was made, in ms since 1970. */
  readonly time: number;
  /** W3C trace context of the attempt, where there is one. */
  readonly traceparent: string | undefined;
  /** The event as it was sent. */
  readonly event: Event;
  /** Whether this is the sample of a test and no event that happened. */
  readonly isTest: boolean;
}

/** What the other side said to a notification that it took. */
export interface NotifyResult {
  /** In the words of its protocol: `200`, `250`. */
  readonly status?: number | undefined;
  /** The beginning of its answer, for the delivery record; at most 1 KiB is kept. */
  readonly excerpt?: string | undefined;
}

/** Tells one listener's receiver of events. */
export interface Notifier {
  /**
   * Resolves when the receiver has taken the event.
   *
   * @param signal aborted when the attempt's time is over
   * @throws NotifyError with what the receiver said; anything else counts as a failure to try again
   */
  notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult>;
  /** Gives connections back; what runs may end before. */
  close(): Promise<void>;
}

/** What every notifier may use. */
export interface NotifierContext {
  readonly catalog: Catalog;
  readonly settings: NotifierSettings;
  /** URL of the bus that the daemon itself is at, with its login. */
  readonly busUrl: string;
  /** The event types that the listener is for, as its user wrote them; left out, or `*` in it: any. */
  readonly eventTypes?: readonly string[] | undefined;
}

/**
 * A way to tell of events: one file in `notifiers/` and its line in `notifiers/index.ts`.
 *
 * @typeParam C the checked configuration of one listener; plain data of JSON, as it is stored
 */
export interface NotifierType<C extends object = object> {
  /** `email`, `http`, …: the noun of the command and the `type` of a listener. */
  readonly id: string;
  /** One sentence for people. */
  readonly summary: string;
  /** Fields of the configuration, for the command's options, the API's schema and messages. */
  readonly fields: readonly NotifierField[];
  /**
   * The configuration with what the fields cannot say checked, too.
   *
   * @throws XqbusError `xqbus:illegal-argument` that names the field and what would be right
   */
  check(config: Readonly<Record<string, unknown>>, context: NotifierContext): C;
  /** The configuration as `listener list` shows it: labels and texts, secrets as `***`. */
  show(config: C): readonly (readonly [label: string, text: string])[];
  /** @throws XqbusError when it cannot work at all, such as settings that are missing */
  open(config: C, context: NotifierContext): Promise<Notifier>;
}

/** One field of a notifier's configuration. */
export interface NotifierField {
  /** In the API and the store, in camelCase; the command's option is the same in kebab-case. */
  readonly name: string;
  readonly kind: "text" | "texts" | "number" | "boolean" | "choice";
  /** Of `choice`. */
  readonly choices?: readonly string[];
  readonly isRequired?: boolean;
  /** Of `texts`: the command's option takes several with commas between; without it the option is repeated. */
  readonly isSeparated?: boolean;
  /** Never shown again: answers and lists have `***`. */
  readonly isSecret?: boolean;
  /** One line for help and OpenAPI. */
  readonly help: string;
}
