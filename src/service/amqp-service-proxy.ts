import {
  EventPublisher,
  readEvent,
  RequestSender,
  type CloseOptions,
  type JournalControl,
  type PublisherOptions,
  type RequestCounts,
  type RequestSenderOptions,
  type SendOptions,
  type WaitLimits,
} from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { InvalidEventError, type ValidationProblem } from "../schema/index.ts";
import { callMethod, type RpcParams } from "../amqp/index.ts";
import { ServiceError, serviceErrorOf } from "./service-error.ts";
import { isMethodName, type RemoteMethods } from "./service-methods.ts";

/** How a proxy sends events and calls methods. */
export interface ServiceProxyOptions extends PublisherOptions, RequestSenderOptions {
  /** The service whose methods are called; without it the proxy only sends events. */
  readonly service?: string;
  /**
   * Who checks and sends an event: this program with its own schemas (`proxy`, the default), or the method `sendEvent` of the service, which
   * knows the schemas and the rights of callers.
   */
  readonly eventsBy?: "proxy" | "service";
}

/** How one call is made; `timeoutMs` (default: option `callTimeoutMs`) and `signal` bound it. */
export interface CallOptions extends WaitLimits {
  /**
   * Whether the method may be carried out twice: the call is sent again when the connection is lost before the answer. Default false: it then
   * rejects with `xqbus:not-connected`.
   */
  readonly idempotent?: boolean;
}

/** What every proxy has beside the methods of its service. */
export interface ServiceProxyBase {
  /** What became of calls and answers so far; all 0 without a service. */
  readonly counts: RequestCounts;
  /** The names of the service's methods, sorted. */
  getMethods(): Promise<readonly string[]>;
  /**
   * Calls a method with options of its own, or one whose name is not known before.
   *
   * @param params by position as an array, or by name as an object; JSON values
   * @throws ServiceError what the method has thrown; NotConnectedError, RefusedError, TimeoutError, AbortedError; XqbusError
   * `xqbus:limit-exceeded`, `xqbus:service-failed` for an answer that cannot be read
   */
  call(method: string, params?: RpcParams, options?: CallOptions): Promise<unknown>;
  /**
   * Validates an event and sends it; resolves when the broker has accepted it.
   *
   * @param event an Event, or XML as text or bytes, with or without XML declaration
   * @throws what {@link EventPublisher.sendEvent} throws; by a service also what {@link ServiceProxyBase.call} does, `xqbus:not-permitted`
   */
  sendEvent(event: Event | string | Uint8Array, options?: SendOptions): Promise<void>;
  /**
   * Validates an event and writes it into the journal (option `journal`); resolves with its message id when it is on disk.
   *
   * @throws what {@link EventPublisher.enqueue} throws
   */
  enqueue(event: Event | string | Uint8Array, options?: SendOptions): Promise<string>;
  /** The send journal; see {@link EventPublisher.journal}. */
  readonly journal: JournalControl | undefined;
  /** Waits for events and calls that were given before, up to `closeTimeoutMs`, and disconnects. Always ends. Idempotent. */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A proxy for a service with the methods `M`: `AMQPServiceProxy<{ add(a: number, b: number): number }>`. */
export type AMQPServiceProxy<M = Record<never, never>> = ServiceProxyBase &
  Omit<RemoteMethods<M>, keyof ServiceProxyBase>;

/** The proxy without the names of methods. */
class ServiceProxy implements ServiceProxyBase {
  readonly #service: string | undefined;
  readonly #publisher: EventPublisher;
  readonly #requests: RequestSender | undefined;
  readonly #eventsByService: boolean;

  constructor(url: string | readonly string[], options: ServiceProxyOptions = {}) {
    const { service, eventsBy = "proxy" } = options;
    if (!["proxy", "service"].includes(eventsBy) || (eventsBy === "service" && service === undefined)) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        'option eventsBy must be "proxy", or "service" with the option service',
      );
    }
    this.#service = service;
    this.#eventsByService = eventsBy === "service";
    this.#publisher = EventPublisher.openLater(url, options);
    this.#requests = service === undefined ? undefined : new RequestSender(url, service, options);
    return this.#requests === undefined ? this : new Proxy(this, new MethodsByName());
  }

  get counts(): RequestCounts {
    return this.#requests?.counts ?? { sent: 0, answered: 0, late: 0, foreign: 0 };
  }

  async getMethods(): Promise<readonly string[]> {
    const names = await this.call("getMethods");
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
    throw new XqbusError("xqbus:service-failed", `the service ${this.#service} does not answer getMethods with names`);
  }

  async call(method: string, params: RpcParams = [], options: CallOptions = {}): Promise<unknown> {
    const service = this.#service;
    if (this.#requests === undefined || service === undefined) {
      throw new XqbusError("xqbus:illegal-argument", `${method} was called, but the proxy has no option service`);
    }
    const { timeoutMs, signal, idempotent = false } = options;
    const what = `the call of ${service}.${method}`;
    const response = await callMethod(this.#requests, { method, params, what }, { timeoutMs, signal, idempotent });
    if ("error" in response) throw serviceErrorOf(response.error, service, method);
    return response.result;
  }

  async sendEvent(event: Event | string | Uint8Array, options: SendOptions = {}): Promise<void> {
    if (!this.#eventsByService) return this.#publisher.sendEvent(event, options);
    const { timeoutMs, signal, ...fields } = options;
    const limits = { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(signal === undefined ? {} : { signal }) };
    try {
      await this.call("sendEvent", [readEvent(event).toString(), fields], limits);
    } catch (error) {
      throw invalidEventOf(error) ?? error;
    }
  }

  enqueue(event: Event | string | Uint8Array, options: SendOptions = {}): Promise<string> {
    return this.#publisher.enqueue(event, options);
  }

  get journal(): JournalControl | undefined {
    return this.#publisher.journal;
  }

  async close(options: CloseOptions = {}): Promise<void> {
    await Promise.all([this.#publisher.close(options), this.#requests?.close(options)]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Gives the proxy's own properties, and for every other name that may be one a method of the service. */
class MethodsByName implements ProxyHandler<ServiceProxy> {
  readonly #methods: Map<string, unknown> = new Map();

  get(proxy: ServiceProxy, name: string | symbol): unknown {
    const known = typeof name === "string" ? this.#methods.get(name) : undefined;
    if (known !== undefined) return known;
    if (name in proxy) {
      const own: unknown = Reflect.get(proxy, name, proxy);
      return typeof own === "function" && name !== "constructor" ? this.#keep(name, own.bind(proxy)) : own;
    }
    if (typeof name !== "string" || !isMethodName(name)) return undefined;
    return this.#keep(name, (...params: readonly unknown[]) => proxy.call(name, params));
  }

  /** The same function each time: somebody may compare them. */
  #keep(name: string | symbol, method: unknown): unknown {
    if (typeof name === "string") this.#methods.set(name, method);
    return method;
  }
}

/** A service's refusal of an event, as the publisher would have told it. */
function invalidEventOf(error: unknown): InvalidEventError | undefined {
  if (!(error instanceof ServiceError) || error.code !== "xqbus:invalid-event") return undefined;
  const { data } = error;
  if (typeof data !== "object" || data === null || !("problems" in data) || !Array.isArray(data.problems))
    return undefined;
  const problems: readonly unknown[] = data.problems;
  return problems.length > 0 && problems.every(isProblem) ? new InvalidEventError(problems) : undefined;
}

function isProblem(value: unknown): value is ValidationProblem {
  if (typeof value !== "object" || value === null) return false;
  const { path, line, column, code, message } = value as Record<keyof ValidationProblem, unknown>;
  const texts = [path, code, message];
  return texts.every((text) => typeof text === "string") && typeof line === "number" && typeof column === "number";
}

/**
 * The bus as Clacks shows it to a program that sends events and calls services:
 *
 *     await using core = new AMQPServiceProxy<typeof methods>("amqp://admin:secret@localhost/org.clacks", { service: "core" });
 *     await core.sendEvent(event);
 *     await core.add(1, 2);
 *
 * It connects with the first event or call, and again by itself after a lost connection. Every property that is not the proxy's own is a
 * method of the service; it is no promise, and can be awaited without harm.
 */
export const AMQPServiceProxy: ServiceProxyConstructor = ServiceProxy as unknown as ServiceProxyConstructor;

/** How a proxy is made. */
export interface ServiceProxyConstructor {
  /** @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; whether the broker is there shows with the first event or call */
  new <M = Record<never, never>>(url: string | readonly string[], options?: ServiceProxyOptions): AMQPServiceProxy<M>;
}
