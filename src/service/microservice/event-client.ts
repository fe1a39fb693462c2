import {
  Deadline,
  defaultCatalog,
  EventPublisher,
  type ConnectOptions,
  type SendOptions,
  type WaitLimits,
} from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import type { Catalog } from "../../schema/index.ts";
import { AMQPServiceProxy } from "../amqp-service-proxy.ts";
import { ServiceError } from "../service-error.ts";
import { microserviceEvent, type MicroserviceEventFields } from "./microservice-event.ts";
import {
  microserviceSettings,
  otherOptions,
  type MicroserviceOptions,
  type MicroserviceSettings,
} from "./microservice-settings.ts";
import { ResourceNotFoundError, resourceService, type RemoteResource } from "./remote-resource.ts";
import { ResourceCache } from "./resource-cache.ts";

/** How a service reaches the others. */
export interface EventClientOptions extends MicroserviceOptions, ConnectOptions {
  /** Has the event type MicroserviceEvent; default: the catalog of the default directories. */
  readonly catalog?: Catalog;
  /** How long a resource of another service may take, in milliseconds. Default 10 000. */
  readonly resourceTimeoutMs?: number;
  /** How long a resource that was fetched is given to others in this process, in milliseconds; 0 never. Default 1 000. */
  readonly cacheMs?: number;
  /** Resources that are kept at most. Default 1 000. */
  readonly maxCached?: number;
}

type Default = "resourceTimeoutMs" | "cacheMs" | "maxCached";

const DEFAULTS: Required<Pick<EventClientOptions, Default>> = {
  resourceTimeoutMs: 10_000,
  cacheMs: 1_000,
  maxCached: 1_000,
};
/** Types of resources that one client asks for: each has a connection of its own. */
const MAX_RESOURCE_TYPES = 100;

/** What a service has of the others: it tells events, and asks for resources. It connects when it is first used. */
export class EventClient {
  readonly settings: MicroserviceSettings;
  readonly #options: EventClientOptions & typeof DEFAULTS;
  readonly #connect: ConnectOptions;
  readonly #services: Map<string, AMQPServiceProxy<{ get(id: string): unknown }>> = new Map();
  readonly #cache: ResourceCache<RemoteResource>;
  #publisher: Promise<{ readonly publisher: EventPublisher; readonly catalog: Catalog }> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws XqbusError `xqbus:illegal-argument`, `xqbus:invalid-url` */
  constructor(options: EventClientOptions = {}) {
    this.settings = microserviceSettings(options);
    this.#options = { ...DEFAULTS, ...options };
    const { cacheMs, maxCached } = this.#options;
    if (!(cacheMs >= 0)) throw illegal("option cacheMs must be a number of milliseconds of at least 0");
    if (!(Number.isSafeInteger(maxCached) && maxCached >= 1))
      throw illegal("option maxCached must be an integer of at least 1");
    this.#cache = new ResourceCache({ keepMs: cacheMs, maxValues: maxCached });
    this.#connect = otherOptions(options, this.settings);
  }

  /**
   * Tells all services of an event; resolves when the broker has accepted it.
   *
   * @throws InvalidEventError; XqbusError `xqbus:illegal-argument`; and what {@link EventPublisher.sendEvent} does
   */
  async emit(eventType: string, fields: MicroserviceEventFields = {}, options: SendOptions = {}): Promise<void> {
    this.#assertOpen();
    this.#publisher ??= this.#open();
    const { publisher, catalog } = await this.#publisher;
    await publisher.sendEvent(microserviceEvent(eventType, fields, catalog), options);
  }

  /**
   * The resource of another service, with its fields as properties. Everybody in this process who asks for the same one within a short time
   * gets the same one.
   *
   * @throws ResourceNotFoundError; TimeoutError no service has answered; ServiceError what the service has thrown; AbortedError and what
   * {@link AMQPServiceProxy} does
   */
  async getRemoteResource<T = RemoteResource>(
    resourceType: string,
    resourceId: string | number,
    options: WaitLimits = {},
  ): Promise<Readonly<T>> {
    this.#assertOpen();
    const id = String(resourceId);
    const { resourceTimeoutMs } = this.#options;
    const { timeoutMs = resourceTimeoutMs, signal } = options;
    const option = options.timeoutMs === undefined ? "resourceTimeoutMs" : "timeoutMs";
    const deadline = new Deadline(`asking for ${resourceType} ${JSON.stringify(id.slice(0, 200))}`, {
      timeoutMs,
      signal,
      option,
    });
    try {
      const service = this.#serviceOf(resourceType);
      const fetched = this.#cache.get(`${resourceType} ${id}`, async () => {
        // Others may wait for it, too, with limits of their own.
        const limits = { idempotent: true, timeoutMs: Math.max(timeoutMs, resourceTimeoutMs) };
        return fieldsOf(await service.call("get", [id], limits), resourceType);
      });
      return (await deadline.race(fetched)) as Readonly<T>;
    } catch (error) {
      const isMissing = error instanceof ServiceError && error.code === "xqbus:resource-not-found";
      throw isMissing ? new ResourceNotFoundError(resourceType, id) : error;
    } finally {
      deadline.stop();
    }
  }

  /** Waits for what was given before, and disconnects. Always ends. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #open(): Promise<{ readonly publisher: EventPublisher; readonly catalog: Catalog }> {
    try {
      const catalog = this.#options.catalog ?? (await defaultCatalog());
      const source = `/${this.settings.service}`;
      return {
        publisher: EventPublisher.openLater(this.settings.urls, { ...this.#connect, catalog, source }),
        catalog,
      };
    } catch (error) {
      this.#publisher = undefined;
      throw error;
    }
  }

  #serviceOf(resourceType: string): AMQPServiceProxy<{ get(id: string): unknown }> {
    const known = this.#services.get(resourceType);
    if (known !== undefined) return known;
    const service = resourceService(resourceType);
    if (this.#services.size >= MAX_RESOURCE_TYPES) {
      throw new XqbusError(
        "xqbus:limit-exceeded",
        `one client asks for at most ${MAX_RESOURCE_TYPES} types of resources`,
      );
    }
    const proxy = new AMQPServiceProxy<{ get(id: string): unknown }>(this.settings.urls, { ...this.#connect, service });
    this.#services.set(resourceType, proxy);
    return proxy;
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new XqbusError("xqbus:already-closed", "the event client was closed; getEventClient() makes another one");
  }

  async #close(): Promise<void> {
    if (current === this) current = undefined;
    const opened = await this.#publisher?.catch(() => undefined);
    await Promise.all([opened?.publisher.close(), ...[...this.#services.values()].map((proxy) => proxy.close())]);
  }
}

let current: EventClient | undefined;

/**
 * The one event client of this process, which holds its connections; made by the first call.
 *
 * @param options for the first call, until the client is closed
 * @throws XqbusError `xqbus:illegal-argument` for options when there is a client already; what the constructor throws
 */
export function getEventClient(options?: EventClientOptions): EventClient {
  if (current !== undefined && options !== undefined) {
    throw illegal(
      "there is an event client already; give options with the first call of getEventClient only, or close it before",
    );
  }
  current ??= new EventClient(options);
  return current;
}

function fieldsOf(answer: unknown, resourceType: string): RemoteResource {
  if (typeof answer === "object" && answer !== null && !Array.isArray(answer))
    return deepFrozen(answer) as RemoteResource;
  throw new XqbusError("xqbus:service-failed", `the service of ${resourceType} did not answer with an object`);
}

function deepFrozen(value: object): object {
  for (const field of Object.values(value) as unknown[])
    if (typeof field === "object" && field !== null) deepFrozen(field);
  return Object.freeze(value);
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
