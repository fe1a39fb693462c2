import type { AcceptedMessage } from "../broker/index.ts";
import { XqbusError } from "../errors.ts";
import { Event } from "../event/index.ts";
import { FilterError } from "../filter/index.ts";
import type { Filter, FilterMessage } from "../filter/index.ts";

/** An event that the broker has accepted. */
export interface RecordedEvent {
  readonly event: Event;
  readonly message: FilterMessage;
  /** Whether an expectation was answered with it. */
  taken: boolean;
}

/** The events that were published to a bus, in their order. */
export class EventJournal {
  readonly #recorded: RecordedEvent[] = [];
  readonly #listeners = new Set<() => void>();

  get all(): readonly RecordedEvent[] {
    return this.#recorded;
  }

  /** Messages that are no events are left out. */
  record({ body, filterMessage }: AcceptedMessage): void {
    const event = body === undefined ? undefined : eventOf(body);
    if (event === undefined) return;
    this.#recorded.push({ event, message: filterMessage, taken: false });
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls back when an event was recorded; gives what ends that. */
  onRecord(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The events that match and were not taken. */
  open(filter: Filter | undefined): readonly RecordedEvent[] {
    return this.#recorded.filter((each) => !each.taken && matches(filter, each));
  }
}

function eventOf(body: string | Uint8Array): Event | undefined {
  try {
    return Event.parse(body);
  } catch (error) {
    if (error instanceof XqbusError) return undefined;
    throw error;
  }
}

/** A filter that fails on an event does not match it. */
function matches(filter: Filter | undefined, { event, message }: RecordedEvent): boolean {
  if (filter === undefined) return true;
  try {
    return filter.matches(event.document, message);
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}
