import { EventPublisher, type JournalControl, type PublisherOptions, type WaitLimits } from "../amqp/index.ts";
import type { Event } from "../event/index.ts";

/**
 * The bus as Clacks shows it to a program that sends events:
 *
 *     await using proxy = new AMQPServiceProxy("amqp://admin:secret@localhost/org.clacks");
 *     await proxy.sendEvent(event);
 *
 * It connects when the first event is sent, and again by itself after a lost connection. Everything else is {@link EventPublisher}.
 */
export class AMQPServiceProxy {
  readonly #publisher: EventPublisher;

  /** @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; whether the broker is there shows when sending */
  constructor(url: string, options: PublisherOptions = {}) {
    this.#publisher = EventPublisher.openLater(url, options);
  }

  /**
   * Validates an event and sends it; resolves when the broker has accepted it.
   *
   * @param event an Event, or XML as text or bytes, with or without XML declaration
   * @throws what {@link EventPublisher.sendEvent} throws
   */
  sendEvent(event: Event | string | Uint8Array, options: WaitLimits = {}): Promise<void> {
    return this.#publisher.sendEvent(event, options);
  }

  /**
   * Validates an event and writes it into the journal (option `journal`); resolves with its message id when it is on disk.
   *
   * @throws what {@link EventPublisher.enqueue} throws
   */
  enqueue(event: Event | string | Uint8Array, options: WaitLimits = {}): Promise<string> {
    return this.#publisher.enqueue(event, options);
  }

  /** The send journal; see {@link EventPublisher.journal}. */
  get journal(): JournalControl | undefined {
    return this.#publisher.journal;
  }

  /** Waits for the events that were given before, up to `closeTimeoutMs`, and disconnects. Always ends. Idempotent. */
  close(): Promise<void> {
    return this.#publisher.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
