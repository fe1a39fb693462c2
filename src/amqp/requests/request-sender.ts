import { XqbusError } from "../../errors.ts";
import type { ConnectionEvents, ConnectionStatus } from "../connection-events.ts";
import { Deadline } from "../deadline.ts";
import { NotConnectedError, TimeoutError } from "../errors.ts";
import { Listeners } from "../listeners.ts";
import { decodeMessage, propertiesOfBeginning } from "../message.ts";
import { newMessageId } from "../message-id.ts";
import type { CloseOptions } from "../publisher-options.ts";
import { ReconnectingConnection } from "../reconnecting-connection.ts";
import type { TransferFault } from "../incoming-delivery.ts";
import { parseBusUrls } from "../url.ts";
import { encodeJsonMessage } from "./encode-json-message.ts";
import { attachRequestLinks, type RequestLinks } from "./request-links.ts";
import { checkRequestSenderOptions, type CheckedRequestSenderOptions } from "./request-options.ts";
import type { RequestSenderOptions } from "./request-options.ts";
import { ENVELOPE_BYTES } from "./request-queue.ts";
import { assertServiceName } from "./service-name.ts";

/** Calls that ended without an answer, whose answer may still come. */
const MAX_ABANDONED = 10_000;

/** What became of requests and answers so far. */
export interface RequestCounts {
  /** Requests that the broker has accepted. */
  readonly sent: number;
  readonly answered: number;
  /** Answers to calls that had ended before, by time-out or by the caller; they were dropped. */
  readonly late: number;
  /** Messages that answer none of our requests, or cannot be read; they were dropped. */
  readonly foreign: number;
}

/** How one request is sent. */
export interface RequestLimits {
  /** Sends it again when the connection is lost before its answer: the service may get it twice. */
  readonly idempotent: boolean;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Until when the service may begin with it at least, in ms: clocks differ. Default: as long as the call waits. */
  readonly expiresAfterMs?: number;
}

interface PendingRequest {
  readonly id: string;
  readonly body: Uint8Array;
  readonly idempotent: boolean;
  readonly expiresAt: number | undefined;
  readonly deadline: Deadline;
  readonly resolve: (body: Uint8Array | string) => void;
  readonly reject: (error: unknown) => void;
  /** The broker may have it. */
  isSent: boolean;
}

/** Sends requests to the queue of a service and gives each its answer, over all connections. */
export class RequestSender {
  readonly #options: CheckedRequestSenderOptions;
  readonly #listeners: Listeners<ConnectionEvents> = new Listeners();
  readonly #connection: ReconnectingConnection<RequestLinks>;
  readonly #pending: Map<string, PendingRequest> = new Map();
  readonly #abandoned: Set<string> = new Set();
  readonly #counts: { -readonly [K in keyof RequestCounts]: number } = { sent: 0, answered: 0, late: 0, foreign: 0 };
  readonly #tellEmpty: Set<() => void> = new Set();
  #openSignal: AbortSignal | undefined;
  #links: RequestLinks | undefined;
  #reason: XqbusError | undefined;
  #ended: XqbusError | undefined;
  #closing: Promise<void> | undefined;

  /** @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; whether the broker is there shows with the first request */
  constructor(url: string | readonly string[], service: string, options: RequestSenderOptions = {}) {
    assertServiceName(service);
    this.#options = checkRequestSenderOptions(options);
    this.#openSignal = this.#options.signal;
    const { maxReplyBytes } = this.#options;
    this.#connection = new ReconnectingConnection(
      parseBusUrls(url),
      this.#options,
      { prefetch: 0, maxMessageBytes: maxReplyBytes + ENVELOPE_BYTES },
      {
        attach: (connection, deadline) => attachRequestLinks(connection, service, deadline),
        up: (links) => this.#up(links),
        down: (error) => this.#down(error),
        fault: (error) => {
          this.#reason = error;
          process.emitWarning(error.message, { type: error.name, code: error.code });
        },
        ended: (error) => this.#end(new NotConnectedError(`the call was not sent: ${error.message}`, { cause: error })),
      },
      this.#listeners,
    );
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  get counts(): RequestCounts {
    return { ...this.#counts };
  }

  /** Tells of the connection; returns what takes the listener away. */
  on<K extends keyof ConnectionEvents>(name: K, listener: (event: ConnectionEvents[K]) => void): () => void {
    return this.#listeners.on(name, listener);
  }

  /**
   * Sends a request; resolves with the body of its answer.
   *
   * @param makeBody makes the request's body with its id
   * @param what what is waited for, the start of a sentence
   * @throws NotConnectedError there is no connection, or it was lost before the answer; RefusedError the broker does not take it;
   * TimeoutError, AbortedError; XqbusError `xqbus:limit-exceeded`, `xqbus:already-closed`
   */
  async request(
    makeBody: (id: string) => Uint8Array,
    what: string,
    limits: RequestLimits,
  ): Promise<Uint8Array | string> {
    if (this.#closing !== undefined) throw closedError();
    if (this.#ended !== undefined) throw this.#ended;
    const { callTimeoutMs, maxPendingCalls } = this.#options;
    const { timeoutMs = callTimeoutMs, signal, idempotent, expiresAfterMs = 0 } = limits;
    const option = limits.timeoutMs === undefined ? "callTimeoutMs" : "timeoutMs";
    const deadline = new Deadline(what, { timeoutMs, signal, option });
    try {
      if (deadline.error !== undefined) throw deadline.error;
      if (this.#pending.size >= maxPendingCalls) {
        throw limitExceeded(`${this.#pending.size} calls wait for an answer (option maxPendingCalls)`);
      }
      const id = newMessageId();
      const body = this.#checked(makeBody(id));
      const expiresAt = timeoutMs === Infinity ? undefined : Date.now() + Math.max(timeoutMs, expiresAfterMs);
      return await this.#ask({ id, body, idempotent, expiresAt, deadline, isSent: false });
    } finally {
      deadline.stop();
    }
  }

  /** Waits for the answers that are still to come, up to `closeTimeoutMs`, and disconnects. Always ends. Idempotent. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  #checked(body: Uint8Array): Uint8Array {
    const { maxRequestBytes } = this.#options;
    if (body.length <= maxRequestBytes) return body;
    throw limitExceeded(`the request has ${body.length} bytes; at most ${maxRequestBytes} (option maxRequestBytes)`);
  }

  #ask(request: Omit<PendingRequest, "resolve" | "reject">): Promise<Uint8Array | string> {
    return new Promise((resolve, reject) => {
      const pending: PendingRequest = { ...request, resolve, reject };
      this.#pending.set(pending.id, pending);
      pending.deadline.onEnd((error) => {
        this.#abandon(pending.id);
        this.#fail(pending, this.#explained(error));
      });
      if (this.#links !== undefined) void this.#send(pending, this.#links);
      else if (this.#connection.status === "idle") this.#connect();
    });
  }

  #connect(): void {
    this.#connection.start(this.#openSignal).catch((error: unknown) => {
      const reason = this.#closing === undefined ? error : closedError();
      for (const pending of [...this.#pending.values()]) this.#fail(pending, reason);
    });
  }

  #up(links: RequestLinks): void {
    this.#openSignal = undefined;
    this.#reason = undefined;
    this.#links = links;
    links.receiver.start((message, fault) => {
      this.#receive(message, fault);
      links.receiver.done();
    });
    for (const pending of [...this.#pending.values()]) void this.#send(pending, links);
  }

  #down(error: XqbusError): void {
    const links = this.#links;
    this.#links = undefined;
    this.#reason = error;
    if (links === undefined) return;
    const lost = new NotConnectedError(
      `the connection was lost before the answer: whether the service has done it is unknown (${error.message})`,
      { cause: error },
    );
    links.loss = { notSent: error, lost };
    links.sends.refuseTooLarge(error);
    links.sends.close(error, lost);
    for (const pending of [...this.#pending.values()]) if (pending.isSent) this.#lose(pending, lost);
  }

  /** The broker has it, or may have it, and the answer cannot come any more: it is sent again only if it may be done twice. */
  #lose(pending: PendingRequest, lost: XqbusError): void {
    pending.isSent = false;
    if (!pending.idempotent) this.#fail(pending, lost);
  }

  async #send(pending: PendingRequest, links: RequestLinks): Promise<void> {
    const { id, body, expiresAt, deadline } = pending;
    const { replyTo, subject, user } = links;
    const message = encodeJsonMessage({ body, messageId: id, user, subject, replyTo, expiresAt });
    try {
      await links.sends.send(message, deadline);
      this.#counts.sent++;
      pending.isSent = true;
      if (links.loss !== undefined) this.#lose(pending, links.loss.lost);
    } catch (error) {
      // What the broker never had waits for the next connection.
      const { loss } = links;
      if (error === loss?.notSent) return;
      if (loss !== undefined && error === loss.lost) this.#lose(pending, loss.lost);
      else this.#fail(pending, error);
    }
  }

  #receive(message: Uint8Array, fault: TransferFault | undefined): void {
    try {
      const { properties, document } =
        fault === undefined ? decodeMessage(message) : { properties: propertiesOfBeginning(message), document: "" };
      const { correlationId = "" } = properties;
      const pending = this.#pending.get(correlationId);
      if (pending === undefined) {
        this.#counts[this.#abandoned.delete(correlationId) ? "late" : "foreign"]++;
      } else if (fault === undefined) {
        this.#counts.answered++;
        this.#forget(pending);
        pending.resolve(document);
      } else {
        this.#fail(pending, limitExceeded("the answer is larger than option maxReplyBytes allows, or was cut off"));
      }
    } catch {
      this.#counts.foreign++;
    }
  }

  #fail(pending: PendingRequest, error: unknown): void {
    this.#forget(pending);
    pending.reject(error);
  }

  #forget({ id }: PendingRequest): void {
    this.#pending.delete(id);
    if (this.#pending.size > 0) return;
    for (const tell of this.#tellEmpty) tell();
    this.#tellEmpty.clear();
  }

  #abandon(id: string): void {
    this.#abandoned.add(id);
    if (this.#abandoned.size <= MAX_ABANDONED) return;
    for (const oldest of this.#abandoned) {
      this.#abandoned.delete(oldest);
      return;
    }
  }

  #explained(error: XqbusError): XqbusError {
    const reason = this.#reason;
    if (!(error instanceof TimeoutError) || reason === undefined) return error;
    return new TimeoutError(`${error.message}; there is no connection: ${reason.message}`, { cause: reason });
  }

  #end(error: XqbusError): void {
    this.#ended = error;
    for (const pending of [...this.#pending.values()]) this.#fail(pending, error);
  }

  async #close({ drain = true, timeoutMs = this.#options.closeTimeoutMs }: CloseOptions): Promise<void> {
    if (drain && this.#pending.size > 0) {
      const deadline = new Deadline("closing", { timeoutMs, option: "closeTimeoutMs" });
      await deadline.race(new Promise<void>((resolve) => this.#tellEmpty.add(resolve))).catch(() => undefined);
      deadline.stop();
    }
    this.#end(closedError());
    await this.#connection.close();
  }
}

function closedError(): XqbusError {
  return new XqbusError("xqbus:already-closed", "the service proxy was closed; make a new one to call methods");
}

function limitExceeded(message: string): XqbusError {
  return new XqbusError("xqbus:limit-exceeded", message);
}
