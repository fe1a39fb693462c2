import {
  RequestReceiver,
  type CloseOptions,
  type ConnectionEvents,
  type ConnectionStatus,
  type ReceivedCounts,
  type RequestReceiverOptions,
} from "../amqp/index.ts";
import { messageOf, XqbusError } from "../errors.ts";
import { MethodHost, type CallCounts } from "./method-host.ts";
import { sendEventMethod, type ServiceEventsOptions } from "./send-event-method.ts";
import { ownMethods, type ServiceMethod } from "./service-methods.ts";

/** How a service is offered. */
export interface ServeOptions extends RequestReceiverOptions {
  /**
   * How long a method may take when the caller does not say how long it waits, in milliseconds; then its place is free for another call,
   * and its `signal` is aborted. Default 60 000.
   */
  readonly methodTimeoutMs?: number;
  /**
   * Whether the messages of all errors cross to the caller (the default), or only those of this package's errors. Stacks and causes never
   * do.
   */
  readonly exposeErrors?: boolean;
  /** Hears of what a method throws that is no XqbusError. Default: `process.emitWarning` with one line. */
  readonly onError?: (error: unknown, method: string) => void;
  /** Offers the method `sendEvent`, by which callers without schemas send events. */
  readonly events?: ServiceEventsOptions;
}

/** What became of requests and calls. */
export type ServiceCounts = ReceivedCounts & CallCounts;

const DEFAULT_METHOD_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_REPLY_BYTES = 1024 * 1024;

/**
 * Offers methods on the bus: JSON-RPC 2.0 over the queue `<domain>.command.<service>`. Everybody who serves the same name has a share of the
 * calls. Resolves when calls can come.
 *
 * @param methods functions by name; own properties only, as they are now. `getMethods`, which names them all, is added
 * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; NotConnectedError, AuthenticationError, CertificateError,
 * RefusedError (the broker does not let us have the queue), TimeoutError, AbortedError
 */
export async function serveMethods(
  url: string | readonly string[],
  service: string,
  methods: object,
  options: ServeOptions = {},
): Promise<MethodService> {
  const {
    methodTimeoutMs = DEFAULT_METHOD_TIMEOUT_MS,
    exposeErrors = true,
    onError = warn,
    events,
    ...receiving
  } = options;
  if (typeof methodTimeoutMs !== "number" || !(methodTimeoutMs > 0)) {
    throw new XqbusError("xqbus:illegal-argument", "option methodTimeoutMs must be a positive number of milliseconds");
  }
  if (typeof onError !== "function")
    throw new XqbusError("xqbus:illegal-argument", "option onError must be a function");
  const own = ownMethods(methods);
  const sending = events === undefined ? undefined : sendEventMethod(url, events, receiving);
  const all = new Map<string, ServiceMethod>(own);
  if (sending !== undefined && !all.has("sendEvent")) all.set("sendEvent", sending.method);
  if (!all.has("getMethods")) all.set("getMethods", () => [...all.keys()].toSorted());
  const { maxReplyBytes = DEFAULT_MAX_REPLY_BYTES } = receiving;
  const host = new MethodHost(service, all, { methodTimeoutMs, exposeErrors, onError, maxReplyBytes });
  const receiver = await RequestReceiver.open(url, service, (request) => host.handle(request), receiving);
  return new MethodService(host, receiver, async () => sending?.close());
}

/** A service that is offered. */
export class MethodService {
  readonly #host: MethodHost;
  readonly #receiver: RequestReceiver;
  readonly #release: () => Promise<void>;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(host: MethodHost, receiver: RequestReceiver, release: () => Promise<void>) {
    this.#host = host;
    this.#receiver = receiver;
    this.#release = release;
  }

  get status(): ConnectionStatus {
    return this.#receiver.status;
  }

  get counts(): ServiceCounts {
    return { ...this.#receiver.counts, ...this.#host.counts };
  }

  /** Tells of the connection: `connected`, `disconnected`, `stalled`. Returns what takes the listener away. */
  on<K extends keyof ConnectionEvents>(name: K, listener: (event: ConnectionEvents[K]) => void): () => void {
    return this.#receiver.on(name, listener);
  }

  /** Resolves when the service was closed; rejects with the reason when no more calls can come. */
  join(): Promise<void> {
    return this.#receiver.join();
  }

  /** Takes no more calls, ends and answers those that have come, up to `closeTimeoutMs`, and disconnects. Always ends. Idempotent. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(options: CloseOptions): Promise<void> {
    await this.#receiver.close(options);
    this.#host.abort();
    await this.#release();
  }
}

function warn(error: unknown, method: string): void {
  process.emitWarning(`the method ${method} failed: ${messageOf(error).replace(/\s+/gu, " ")}`, {
    code: "xqbus:callback-failed",
  });
}
