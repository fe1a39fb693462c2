import { XqbusError } from "../../errors.ts";
import type { BusConnection } from "../connection.ts";
import type { ConnectionEvents, ConnectionStatus } from "../connection-events.ts";
import { Deadline } from "../deadline.ts";
import { NotConnectedError } from "../errors.ts";
import { Listeners } from "../listeners.ts";
import { decodeMessage, propertiesOfBeginning, type MessageProperties } from "../message.ts";
import { newMessageId } from "../message-id.ts";
import type { CloseOptions } from "../publisher-options.ts";
import { ReceiveStallWatch } from "../receive-stall-watch.ts";
import { ReconnectingConnection } from "../reconnecting-connection.ts";
import type { TransferFault } from "../incoming-delivery.ts";
import { parseBusUrls } from "../url.ts";
import { encodeJsonMessage } from "./encode-json-message.ts";
import { QueueReceiver } from "./queue-receiver.ts";
import { ReplyLinks } from "./reply-links.ts";
import {
  checkRequestReceiverOptions,
  type CheckedRequestReceiverOptions,
  type RequestReceiverOptions,
} from "./request-options.ts";
import { ENVELOPE_BYTES, requestQueue } from "./request-queue.ts";
import { assertServiceName } from "./service-name.ts";

/** A request as it came. */
export interface IncomingRequest {
  /** Undefined when it is too large, or no message with a body. */
  readonly body: Uint8Array | string | undefined;
  readonly properties: MessageProperties;
}

/** Handles a request; gives the body of the answer, or undefined where none is expected. Must not reject. */
export type RequestHandler = (request: IncomingRequest) => Promise<Uint8Array | undefined>;

/** What became of the requests so far. */
export interface ReceivedCounts {
  readonly received: number;
  /** Requests whose deadline had passed when they came; they were not handled. */
  readonly expired: number;
  /** Requests that named no address for an answer, or one where answers do not go; they were not handled. */
  readonly unanswerable: number;
  /** Answers that the broker has accepted. */
  readonly replied: number;
  /** Answers that could not be sent: the caller had gone, or waited no longer. */
  readonly dropped: number;
}

/** What a receiver has on one connection. */
interface ReceiverLinks {
  readonly connection: BusConnection;
  readonly receiver: QueueReceiver;
  readonly replies: ReplyLinks;
}

/**
 * Receives the requests to a service and sends the answers. Several receivers share the requests. A request is the receiver's when it
 * has come: it is handled once or, when the process ends before, never.
 */
export class RequestReceiver {
  readonly #options: CheckedRequestReceiverOptions;
  readonly #handle: RequestHandler;
  readonly #listeners: Listeners<ConnectionEvents> = new Listeners();
  readonly #connection: ReconnectingConnection<ReceiverLinks>;
  readonly #watch: ReceiveStallWatch;
  readonly #running: Set<Promise<void>> = new Set();
  readonly #counts = { received: 0, expired: 0, unanswerable: 0, replied: 0, dropped: 0 };
  readonly #ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;
  #rejectEnded: (error: XqbusError) => void = () => undefined;
  #links: ReceiverLinks | undefined;
  #closing: Promise<void> | undefined;
  #endIsWatched = false;

  /**
   * A receiver that is attached: requests reach it from now on.
   *
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; NotConnectedError, AuthenticationError, CertificateError,
   * RefusedError, TimeoutError, AbortedError
   */
  static async open(
    url: string | readonly string[],
    service: string,
    handle: RequestHandler,
    options: RequestReceiverOptions,
  ): Promise<RequestReceiver> {
    const receiver = new RequestReceiver(url, service, handle, options);
    await receiver.#connection.start(options.signal);
    return receiver;
  }

  private constructor(
    url: string | readonly string[],
    service: string,
    handle: RequestHandler,
    options: RequestReceiverOptions,
  ) {
    assertServiceName(service);
    this.#options = checkRequestReceiverOptions(options);
    this.#handle = handle;
    this.#ended = new Promise((resolve, reject) => {
      this.#resolveEnded = resolve;
      this.#rejectEnded = reject;
    });
    this.#ended.catch(() => undefined);
    this.#watch = new ReceiveStallWatch(this.#options.stallTimeoutMs, (stall) => {
      this.#listeners.emit("stalled", stall);
      if (stall.reason !== "callbacks") this.#connection.abandon(new NotConnectedError(stall.message));
    });
    const { concurrency, maxRequestBytes } = this.#options;
    this.#connection = new ReconnectingConnection(
      parseBusUrls(url),
      this.#options,
      { prefetch: concurrency, maxMessageBytes: maxRequestBytes + ENVELOPE_BYTES },
      {
        attach: async (connection, deadline) => {
          const { terminus, purpose } = requestQueue(connection, service);
          const source = { address: terminus.address, capabilities: [...(terminus.capabilities ?? [])] };
          const receiver = await QueueReceiver.attach(connection, { source, purpose, window: concurrency }, deadline);
          return { connection, receiver, replies: new ReplyLinks(connection) };
        },
        up: (links) => {
          this.#links = links;
          links.receiver.start((message, fault) => this.#take(links, message, fault));
          this.#watch.start(links.receiver);
        },
        down: () => {
          this.#watch.stop();
          this.#links = undefined;
        },
        fault: (error) => process.emitWarning(error.message, { type: error.name, code: error.code }),
        ended: (error) => this.#end(error),
      },
      this.#listeners,
    );
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  get counts(): ReceivedCounts {
    return { ...this.#counts };
  }

  /** Tells of the connection; returns what takes the listener away. */
  on<K extends keyof ConnectionEvents>(name: K, listener: (event: ConnectionEvents[K]) => void): () => void {
    return this.#listeners.on(name, listener);
  }

  /** Resolves when the receiver was closed; rejects with the reason when it can no longer receive. */
  join(): Promise<void> {
    this.#endIsWatched = true;
    return this.#ended;
  }

  /** Takes no more requests, handles and answers those that have come, up to `closeTimeoutMs`, and disconnects. Always ends. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  #take(links: ReceiverLinks, message: Uint8Array, fault: TransferFault | undefined): void {
    this.#counts.received++;
    const run = this.#work(links, read(message, fault)).finally(() => {
      this.#running.delete(run);
      links.receiver.done();
    });
    this.#running.add(run);
  }

  async #work(links: ReceiverLinks, request: IncomingRequest): Promise<void> {
    const { replyTo, expiryTime } = request.properties;
    if (expiryTime !== undefined && expiryTime.getTime() <= Date.now()) {
      this.#counts.expired++;
      return;
    }
    if (replyTo !== undefined && !links.connection.dialect.isReplyAddress(replyTo)) {
      this.#counts.unanswerable++;
      return;
    }
    const body = await this.#handle(request);
    if (body === undefined) return;
    if (replyTo === undefined) this.#counts.unanswerable++;
    else await this.#reply(links, replyTo, body, request.properties);
  }

  async #reply(links: ReceiverLinks, to: string, body: Uint8Array, request: MessageProperties): Promise<void> {
    const deadline = new Deadline("answering", { timeoutMs: this.#options.replyTimeoutMs, option: "replyTimeoutMs" });
    const expiresAt = request.expiryTime?.getTime();
    const message = encodeJsonMessage({
      body,
      messageId: newMessageId(),
      user: links.connection.url.user,
      correlationId: request.correlationId ?? request.messageId,
      expiresAt,
    });
    try {
      if (expiresAt !== undefined && expiresAt <= Date.now()) throw new XqbusError("xqbus:timeout", "too late");
      await links.replies.send(to, message, deadline);
      this.#counts.replied++;
    } catch {
      this.#counts.dropped++;
    } finally {
      deadline.stop();
    }
  }

  /** It can no longer receive; where nobody asks for that, it is a warning, so that no service stops silently. */
  #end(error: XqbusError): void {
    this.#rejectEnded(error);
    if (!this.#endIsWatched) {
      process.emitWarning(`the service takes no more calls: ${error.message}`, { type: error.name, code: error.code });
    }
  }

  async #close({ drain = true, timeoutMs = this.#options.closeTimeoutMs }: CloseOptions): Promise<void> {
    this.#watch.stop();
    const deadline = new Deadline("closing", { timeoutMs, option: "closeTimeoutMs" });
    if (drain) {
      await this.#links?.receiver.stop(deadline);
      await deadline.race(Promise.all(this.#running)).catch(() => undefined);
    }
    deadline.stop();
    await this.#connection.close();
    this.#resolveEnded();
  }
}

function read(message: Uint8Array, fault: TransferFault | undefined): IncomingRequest {
  try {
    if (fault === undefined) {
      const { document, properties } = decodeMessage(message);
      return { body: document, properties };
    }
  } catch {
    // What cannot be read is answered as far as its properties tell where to.
  }
  return { body: undefined, properties: propertiesOfBeginning(message) };
}
