import { AMQPEventConsumer, defaultCatalog, type ConsumerOptions, type EventDelivery } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import type { Catalog } from "../../schema/index.ts";
import { EVENT_NAME, readMicroserviceEvent, type ReceivedEventFields } from "./microservice-event.ts";
import { microserviceSettings, otherOptions, type MicroserviceOptions } from "./microservice-settings.ts";

/** Handles the events of one type; what it throws brings the event back. */
export type MicroserviceEventHandler = (fields: ReceivedEventFields, delivery: EventDelivery) => unknown;

/** Where lines of a log go: `console`, or the logger of a program. */
export interface LineLogger {
  info(line: string): void;
}

type Receiving = Omit<
  ConsumerOptions,
  "callback" | "handlers" | "unhandled" | "durable" | "shared" | "catalog" | "onError"
>;

/** What a service listens to, and how; the options of a consumer beside its subscription and callbacks hold as well. */
export interface MicroserviceListenOptions extends MicroserviceOptions, Receiving {
  /** Handlers by event type; own properties only, so that no event is called `constructor`. */
  readonly handlers: Readonly<Record<string, MicroserviceEventHandler>>;
  /** Gets a line for each event, as zc_events writes it. Default: nobody. */
  readonly logger?: LineLogger;
  /**
   * Whether the service may have several workers, which share its queue. Default true; false for a broker that has no shared subscriptions
   * (ActiveMQ Classic).
   */
  readonly shared?: boolean;
  /** Has the event type MicroserviceEvent; default: the catalog of the default directories. */
  readonly catalog?: Catalog;
  /** As of a consumer. */
  readonly onError?: NonNullable<ConsumerOptions["onError"]>;
}

/**
 * Calls a handler for each event of the family's services: the one that is named as the event type. Events without handler are ignored, and
 * both is logged. The queue `<SERVICE_NAME>-events` outlives its workers: what was told while none was there, they get later.
 *
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:invalid-url`; and what {@link AMQPEventConsumer.open} does
 */
export async function listenMicroserviceEvents(options: MicroserviceListenOptions): Promise<AMQPEventConsumer> {
  const settings = microserviceSettings(options);
  const { handlers, logger, shared = true, catalog: given, ...receiving } = otherOptions(options, settings);
  if (typeof handlers !== "object" || handlers === null) {
    throw new XqbusError("xqbus:illegal-argument", "option handlers must be an object of functions by event type");
  }
  for (const [name, handler] of Object.entries(handlers)) {
    if (typeof handler !== "function")
      throw new XqbusError("xqbus:illegal-argument", `handlers.${name} must be a function`);
  }
  const catalog = given ?? (await defaultCatalog());
  return AMQPEventConsumer.open(settings.urls, {
    ...receiving,
    durable: settings.queue,
    shared,
    catalog,
    handlers: {
      [EVENT_NAME]: async (event, delivery) => {
        const { eventType, fields } = readMicroserviceEvent(event, catalog);
        const handler = Object.hasOwn(handlers, eventType) ? handlers[eventType] : undefined;
        logger?.info(lineOf(handler === undefined ? "IGNORED" : "PROCESSED", eventType, fields));
        await handler?.(fields, delivery);
      },
    },
  });
}

/** The line of zc_events; what is missing is written as Python does. */
function lineOf(what: "PROCESSED" | "IGNORED", eventType: string, fields: ReceivedEventFields): string {
  const [task, type, id, user] = [fields.task_id, fields.resource_type, fields.resource_id, fields.user_id].map(shown);
  return `MICROSERVICE_EVENT::${what}: Received [${shown(eventType)}:${task}] event for object (${type}:${id}) and user ${user}`;
}

/** Without what could begin another line of the log. */
function shown(value: string | undefined): string {
  return (value ?? "None").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
