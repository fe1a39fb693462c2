import { assertExchangeName, ExchangeSender, parseBusUrls } from "../../amqp/index.ts";
import { illegalOption } from "../../assert-option.ts";
import { XqbusError } from "../../errors.ts";
import type { Catalog } from "../../schema/index.ts";
import type { MessagingSettings } from "../notifier-settings.ts";
import type { Notification, Notifier, NotifierField, NotifierType, NotifyResult } from "../notifier.ts";
import { NotifyError } from "../notify-error.ts";
import { attemptEnded } from "./attempt-ended.ts";
import { checkFields } from "../check-fields.ts";
import { BODY_FIELDS, notificationBody, type BodyConfig } from "./notification-body.ts";
import { printable } from "./printable.ts";
import { showFields } from "./show-fields.ts";

/** The configuration of an AMQP listener, as `docs/notifiers.md` says. */
export interface AmqpConfig extends BodyConfig {
  readonly exchange?: string;
}

/** Is there in every broker that knows exchanges (AMQP 0-9-1, section 3.1.3.3). */
const DEFAULT_EXCHANGE = "amq.topic";
/** Failures that the same message meets again: it is too large, or its subject cannot be one. */
const LASTING: ReadonlySet<string> = new Set(["amqp:link:message-size-exceeded", "xqbus:illegal-argument"]);

const FIELDS: readonly NotifierField[] = [
  {
    name: "exchange",
    kind: "text",
    help: "Where events are sent to (default: the exchange of [messaging], else amq.topic)",
  },
  ...BODY_FIELDS,
];

/** Sends each event to an exchange of a broker; its subject is the event type, of which clients match the words. */
export const amqpNotifier: NotifierType<AmqpConfig> = {
  id: "amqp",
  summary: "Sends each event to an exchange of an AMQP broker",
  fields: FIELDS,
  check(config, { settings, busUrl }) {
    // The fields have made sure of the types.
    const checked = checkFields("amqp", FIELDS, config) as unknown as AmqpConfig;
    assertExchange(exchangeOf(checked, settings.messaging), settings.messaging, busUrl);
    return checked;
  },
  show: (config) => showFields(FIELDS, config),
  open(config, { catalog, settings, busUrl }) {
    const { messaging } = settings;
    const exchange = exchangeOf(config, messaging);
    // The settings may have changed since the configuration was checked.
    assertExchange(exchange, messaging, busUrl);
    const sender = new ExchangeSender(messaging.url ?? busUrl, exchange);
    return Promise.resolve(new AmqpNotifier(sender, exchange, config, catalog));
  },
};

class AmqpNotifier implements Notifier {
  readonly #sender: ExchangeSender;
  readonly #what: string;
  readonly #config: AmqpConfig;
  readonly #catalog: Catalog;

  constructor(sender: ExchangeSender, exchange: string, config: AmqpConfig, catalog: Catalog) {
    this.#sender = sender;
    this.#what = `sending to the exchange "${exchange}"`;
    this.#config = config;
    this.#catalog = catalog;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    if (signal.aborted) throw attemptEnded(this.#what, signal);
    const { id, type, time, traceparent, delivery, isTest } = notification;
    const { contentType, bytes } = notificationBody(notification, this.#catalog, this.#config);
    try {
      await this.#sender.send(
        {
          body: bytes,
          contentType,
          subject: type,
          messageId: printable(id),
          creationTime: new Date(time),
          traceparent,
          applicationProperties: { xqbus_delivery: delivery, ...(isTest ? { xqbus_test: true } : {}) },
        },
        // The signal is the end of the attempt.
        { timeoutMs: Infinity, signal },
      );
    } catch (error) {
      if (signal.aborted) throw attemptEnded(this.#what, signal);
      if (!(error instanceof XqbusError)) throw error;
      const isPermanent = LASTING.has(error.code);
      throw new NotifyError(error.code, `${this.#what}: ${error.message}`, { isPermanent, cause: error });
    }
    return {};
  }

  close(): Promise<void> {
    return this.#sender.close();
  }
}

function exchangeOf({ exchange }: AmqpConfig, messaging: MessagingSettings): string {
  return exchange ?? messaging.exchange ?? DEFAULT_EXCHANGE;
}

/** What is sent to the topic of the bus itself would come back as an event, and be none. */
function assertExchange(exchange: string, { url }: MessagingSettings, busUrl: string): void {
  assertExchangeName(exchange, "field exchange of the amqp listener");
  const buses = parseBusUrls(busUrl).filter(({ domain }) => domain === exchange);
  const isOwn = parseBusUrls(url ?? busUrl).some(({ host, port }) =>
    buses.some((bus) => placeOf(bus.host) === placeOf(host) && bus.port === port),
  );
  if (!isOwn) return;
  throw illegalOption(`field exchange of the amqp listener must be another one than the bus itself, got "${exchange}"`);
}

/** This machine has several names for itself. */
function placeOf(host: string): string {
  return /^(?:localhost\.?|127(?:\.\d+){3}|\[?::1\]?)$/iu.test(host) ? "localhost" : host.toLowerCase();
}
