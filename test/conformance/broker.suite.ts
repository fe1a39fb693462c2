import { once } from "node:events";
import rhea, { type Connection, type Sender } from "rhea";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { chooseDialect, type BrokerProperties } from "../../src/amqp/dialects/index.ts";
import {
  AMQPEventConsumer,
  EventPublisher,
  parseBusUrl,
  type ConsumerOptions,
  type EventDelivery,
  type PublisherOptions,
} from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { EventMaker, type Event } from "../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { AMQPServiceProxy } from "../../src/service/index.ts";

/** A broker that runs for the suite, whatever it is made of. */
export interface RunningBroker {
  /** With user, password and the domain org.clacks. */
  readonly url: string;
  /** The same over TLS, when the broker has it. */
  readonly amqpsUrl?: string;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca?: string;
  stop(): Promise<void>;
}

/** For what a broker does in its own time. */
const PATIENCE = { timeout: 30_000, interval: 20 };

/** The query of the documentation of Clacks. */
const SEED_QUERY = `
    declare namespace f='http://www.gonicus.de/Events';
    let $e := ./f:Event
    return $e/f:PhoneStatus
`;

const BUSY = '/e:Event/e:PhoneStatus[e:Status = "busy"]';

/** What consumers with {@link BUSY} are told by dialect, and how many messages they get of those that the tests send. */
const PLACED: Readonly<Record<string, Readonly<Record<"open" | "labelled", Placed>>>> = {
  embedded: { open: placed(["xquery"], 4), labelled: placed(["xquery"], 1) },
  "qpid-broker-j": { open: placed(["selector"], 5), labelled: placed(["selector"], 1) },
  "activemq-classic": { open: placed(["selector"], 5), labelled: placed(["selector"], 1) },
  artemis: { open: placed(["selector"], 5), labelled: placed(["selector"], 1) },
  rabbitmq: { open: placed([], 8), labelled: placed(["routing-key"], 2) },
};

/** What not every broker is started with. */
export interface SuiteOptions {
  /** Whether the broker has `amqpsUrl` and `ca`. Default false. */
  readonly tls?: boolean;
}

/** What every broker must do for publisher and consumer, whichever product it is. */
export function brokerSuite(
  name: string,
  start: () => Promise<RunningBroker>,
  { tls = false }: SuiteOptions = {},
): void {
  describe(`publisher and consumer on ${name}`, () => {
    const cleanUps: (() => Promise<void>)[] = [];
    let broker: RunningBroker;
    let stop = (): Promise<void> => Promise.resolve();
    let catalog: Catalog;

    beforeAll(async () => {
      broker = await start();
      stop = () => broker.stop();
      catalog = await loadCatalog();
      expect(broker.amqpsUrl !== undefined && broker.ca !== undefined, "suite option tls").toBe(tls);
    });

    afterAll(async () => {
      await stop();
    });

    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    });

    async function publisher(options: PublisherOptions = {}): Promise<EventPublisher> {
      const opened = await EventPublisher.open(broker.url, { catalog, ...options });
      cleanUps.push(() => opened.close());
      return opened;
    }

    /** A consumer that keeps what it gets. */
    async function subscribe(options: ConsumerOptions = {}): Promise<Subscription> {
      const deliveries: EventDelivery[] = [];
      const errors: XqbusError[] = [];
      const consumer = await AMQPEventConsumer.open(broker.url, {
        callback: (_event, delivery) => void deliveries.push(delivery),
        onError: (error) => errors.push(error),
        ...options,
      });
      cleanUps.push(() => consumer.close());
      return { consumer, deliveries, errors };
    }

    function phoneStatus(callerId: string, status = "busy"): Event {
      const e = EventMaker(catalog);
      return e.Event(e.PhoneStatus(e.CallerId(callerId), e.ReceiverId("12343424"), e.Status(status)));
    }

    function clientPoll(): Event {
      const e = EventMaker(catalog);
      return e.Event(e.ClientPoll());
    }

    /** A plain AMQP sender on the domain's topic. */
    async function foreignSender(): Promise<Sender> {
      const { host, port, user, password, domain } = parseBusUrl(broker.url);
      const container = rhea.create_container();
      for (const event of ["error", "disconnected", "connection_close", "sender_close"]) {
        container.on(event, () => undefined);
      }
      const connection = container.connect({
        host,
        port,
        ...(user === undefined ? {} : { username: user }),
        ...(password === undefined ? {} : { password }),
        reconnect: false,
      });
      cleanUps.push(() => closed(connection));
      await once(connection, "connection_open");
      const target = chooseDialect(connection.properties as BrokerProperties).publishTo(domain);
      const sender = connection.open_sender({ target } as Parameters<Connection["open_sender"]>[0]);
      await once(sender, "sendable");
      return sender;
    }

    /** Eight messages, of which four have a busy telephone: of senders that say everything of their events, something, and nothing. */
    async function sendMixture(): Promise<void> {
      const sender = await publisher();
      const foreign = await foreignSender();
      await sender.sendEvent(phoneStatus("no", "free"));
      await sender.sendEvent(phoneStatus("ours"));
      await sender.sendEvent(clientPoll());
      const typed = { cloudEvents_type: "org.clacks.event.PhoneStatus" };
      for (const [body, properties] of [
        [phoneStatus("bare"), {}],
        [phoneStatus("no", "free"), {}],
        [phoneStatus("typed"), typed],
        [phoneStatus("no", "free"), { ...typed, Status: "free" }],
      ] as const) {
        const accepted = once(foreign, "accepted");
        foreign.send({ subject: "x", body: body.toString(), application_properties: properties });
        await accepted;
      }
      await sender.sendEvent(phoneStatus("last"));
    }

    it("the seed's query gets the events that it selects, and no others", async () => {
      const { consumer, deliveries } = await subscribe({ xquery: SEED_QUERY });
      const sender = await publisher();
      await sender.sendEvent(clientPoll());
      await sender.sendEvent(phoneStatus("012345"));
      await sender.sendEvent(clientPoll());
      await sender.sendEvent(phoneStatus("last"));
      await vi.waitFor(() => expect(deliveries).toHaveLength(2), PATIENCE);
      expect(consumer.counts).toMatchObject({ matched: 2, filteredOut: consumer.placement?.runsHere === true ? 2 : 0 });
      expect(deliveries.slice(0, 1).map(({ event }) => event.toString())).toEqual([phoneStatus("012345").toString()]);
      expect(deliveries[0]?.result).toEqual([deliveries[0]?.event.element]);
    });

    it("the service proxy sends, the constructed consumer receives", async () => {
      const received: string[] = [];
      const consumer = new AMQPEventConsumer(broker.url, {
        xquery: SEED_QUERY,
        callback: (event) => void received.push(event.toString()),
      });
      cleanUps.push(() => consumer.close());
      await consumer.ready;
      const proxy = new AMQPServiceProxy(broker.url, { catalog });
      cleanUps.push(() => proxy.close());
      const text = `<?xml version="1.0" encoding="UTF-8"?>\n${phoneStatus("012345").toString({ pretty: true })}`;
      await proxy.sendEvent(text);
      await vi.waitFor(() => expect(received).toEqual([text]), PATIENCE);
    });

    it("a durable subscription collects events while its consumer is away, until it is ended, or says that it cannot", async () => {
      const first = await subscribe({ durable: "suite" }).catch((error: XqbusError) => error);
      if (first instanceof Error) {
        expect(first.message).toMatch(/ keeps no durable subscriptions for AMQP 1\.0; /);
        return;
      }
      await first.consumer.close();
      const sender = await publisher();
      await sender.sendEvent(phoneStatus("1"));
      const second = await subscribe({ durable: "suite" });
      await vi.waitFor(() => expect(second.deliveries).toHaveLength(1), PATIENCE);
      await second.consumer.unsubscribe();
      await sender.sendEvent(phoneStatus("2"));
      const third = await subscribe({ durable: "suite" });
      await sender.sendEvent(phoneStatus("3"));
      await vi.waitFor(() => expect(third.deliveries.at(-1)?.event.get("CallerId")).toBe("3"), PATIENCE);
      expect(third.deliveries).toHaveLength(1);
      await third.consumer.unsubscribe();
    });

    it.each<ConsumerOptions>([{ shared: "some" }, { durable: "kept", shared: true }])(
      "consumers share the subscription %o, or are told that they cannot",
      async (options) => {
        const opened = await subscribe({ prefetch: 1, ...options }).catch((error: XqbusError) => error);
        if (opened instanceof Error) {
          expect(opened.message).toMatch(/ keeps no (shared|durable) subscriptions for AMQP 1\.0; /);
          return;
        }
        const both = [opened, await subscribe({ prefetch: 1, ...options })];
        const sender = await publisher();
        const ids = Array.from({ length: 10 }, (_, i) => i.toString());
        for (const id of ids) await sender.sendEvent(phoneStatus(id));
        const callers = (): (string | undefined)[][] =>
          both.map(({ deliveries }) => deliveries.map(({ event }) => event.get("CallerId")));
        await vi.waitFor(() => expect(callers().flat().toSorted()).toEqual(ids), PATIENCE);
        expect(callers().every((list) => list.length > 0)).toBe(true);
      },
    );

    it("every consumer gets its own copy", async () => {
      const one = await subscribe();
      const two = await subscribe({ xpath: "//*:CallerId = '2'" });
      const sender = await publisher();
      for (const id of ["1", "2", "3"]) await sender.sendEvent(phoneStatus(id));
      await vi.waitFor(() => expect(callers(one)).toEqual(["1", "2", "3"]), PATIENCE);
      await vi.waitFor(() => expect(callers(two)).toEqual(["2"]), PATIENCE);
    });

    it("the broker is asked for the strongest filter that it offers, and nothing is lost by it", async () => {
      const { consumer, deliveries } = await subscribe({ xquery: BUSY, catalog });
      const { dialect = "", applied, runsHere } = consumer.placement ?? {};
      expect(PLACED[dialect]?.open).toMatchObject({ applied: applied?.map(({ kind }) => kind), runsHere });
      await sendMixture();
      await vi.waitFor(() => expect(callers({ deliveries })).toEqual(["ours", "bare", "typed", "last"]), PATIENCE);
      expect(consumer.counts.received).toBe(PLACED[dialect]?.open.received);
    });

    it("where all senders label their events, the broker is asked for more", async () => {
      const { consumer, deliveries } = await subscribe({ xquery: BUSY, catalog, placement: "labelled" });
      const { dialect = "", applied, runsHere } = consumer.placement ?? {};
      expect(PLACED[dialect]?.labelled).toMatchObject({ applied: applied?.map(({ kind }) => kind), runsHere });
      const sender = await publisher();
      for (const event of [clientPoll(), phoneStatus("no", "free"), phoneStatus("yes")]) await sender.sendEvent(event);
      await vi.waitFor(() => expect(callers({ deliveries })).toEqual(["yes"]), PATIENCE);
      expect(consumer.counts.received).toBe(PLACED[dialect]?.labelled.received);
    });

    it("a consumer that wants its filter here gets everything, and filters it", async () => {
      const { consumer, deliveries } = await subscribe({ xquery: BUSY, catalog, placement: "here" });
      expect(consumer.placement).toMatchObject({ asked: [], applied: [], runsHere: true });
      await sendMixture();
      await vi.waitFor(() => expect(callers({ deliveries })).toEqual(["ours", "bare", "typed", "last"]), PATIENCE);
      expect(consumer.counts.received).toBe(8);
    });

    it("the message keeps its subject and properties", async () => {
      const { deliveries } = await subscribe();
      const before = Date.now();
      await (await publisher()).sendEvent(phoneStatus("1"));
      await vi.waitFor(() => expect(deliveries).toHaveLength(1), PATIENCE);
      const { creationTime, ...properties } = deliveries[0]?.properties ?? {};
      expect(properties).toMatchObject({
        messageId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/) as string,
        subject: "org.clacks.event.PhoneStatus",
        contentType: "application/xml",
        deliveryCount: 0,
      });
      expect(creationTime?.getTime()).toBeGreaterThanOrEqual(before);
    });

    it("an event is accepted when nobody listens", async () => {
      await expect((await publisher()).sendEvent(phoneStatus("1"))).resolves.toBeUndefined();
    });

    it("the next event waits until the callback has the one before", async () => {
      let finish = (): void => undefined;
      const { consumer } = await subscribe({ callback: () => new Promise((resolve) => (finish = resolve)) });
      const sender = await publisher();
      await sender.sendEvent(phoneStatus("1"));
      await sender.sendEvent(phoneStatus("2"));
      await vi.waitFor(() => expect(consumer.counts).toMatchObject({ received: 2, matched: 1 }), PATIENCE);
      finish();
      await vi.waitFor(() => expect(consumer.counts.matched).toBe(2), PATIENCE);
      finish();
    });

    it("an event whose callback throws comes again, and the others are not touched", async () => {
      const seen: string[] = [];
      const { consumer, errors } = await subscribe({
        callback: (event) => {
          const id = event.get("CallerId") ?? "";
          seen.push(id);
          if (id === "2" && seen.filter((each) => each === "2").length === 1) throw new Error("not yet");
        },
      });
      const sender = await publisher();
      await Promise.all(["1", "2", "3", "4"].map((id) => sender.sendEvent(phoneStatus(id))));
      await vi.waitFor(() => expect(seen).toHaveLength(5), PATIENCE);
      expect(seen.toSorted()).toEqual(["1", "2", "2", "3", "4"]);
      expect(consumer.counts).toMatchObject({ received: 5, matched: 5, failed: 1 });
      expect(errors).toMatchObject([{ code: "xqbus:callback-failed" }]);
    });

    it("an event whose callback always throws does not come for ever", async () => {
      const { consumer, deliveries } = await subscribe({
        maxDeliveries: 2,
        xpath: "//*:CallerId = ('bad', 'good')",
        callback: (event, delivery) => {
          if (event.get("CallerId") === "bad") throw new Error("never");
          deliveries.push(delivery);
        },
      });
      const sender = await publisher();
      await sender.sendEvent(phoneStatus("bad"));
      // Some brokers deliver a rejected message again; the consumer accepts it at the next delivery.
      await vi.waitFor(() => expect(consumer.counts.failed).toBeGreaterThanOrEqual(2), PATIENCE);
      await sender.sendEvent(phoneStatus("good"));
      await vi.waitFor(() => expect(deliveries).toHaveLength(1), PATIENCE);
      await sender.sendEvent(phoneStatus("good"));
      await vi.waitFor(() => expect(deliveries).toHaveLength(2), PATIENCE);
      expect(consumer.counts.failed).toBeLessThanOrEqual(3);
    });

    it("what is no event is rejected, and the next event comes", async () => {
      const { consumer, deliveries, errors } = await subscribe({ maxDeliveries: 2 });
      const foreign = await foreignSender();
      foreign.send({ subject: "x", body: "this is no event" });
      foreign.send({
        subject: "x",
        body: rhea.message.data_section(Buffer.from("<Event><A></Event>")) as unknown,
      });
      foreign.send({ subject: "x", body: phoneStatus("text").toString() });
      await (await publisher()).sendEvent(phoneStatus("data"));
      await vi.waitFor(() => expect(deliveries).toHaveLength(2), PATIENCE);
      expect(callers({ deliveries })).toEqual(["text", "data"]);
      await vi.waitFor(() => expect(consumer.counts.invalid).toBeGreaterThanOrEqual(2), PATIENCE);
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["xqbus:invalid-event"]));
    });

    it("a wrong password is refused, naming the user", async () => {
      const url = broker.url.replace(/:[^:@/]*@/, ":wrong@");
      const error = { name: "AuthenticationError", message: expect.stringContaining('user "admin"') as string };
      await expect(EventPublisher.open(url, { catalog })).rejects.toMatchObject(error);
      await expect(AMQPEventConsumer.open(url)).rejects.toMatchObject(error);
    });

    it("an event of 1 MB arrives as it was", async () => {
      const { deliveries } = await subscribe();
      const event = phoneStatus("0123456789".repeat(100_000));
      await (await publisher()).sendEvent(event);
      await vi.waitFor(() => expect(deliveries).toHaveLength(1), PATIENCE);
      expect(deliveries[0]?.event.toString()).toBe(event.toString());
    });

    it("a thousand events arrive in the order of the calls", async () => {
      const subscription = await subscribe();
      const sender = await publisher();
      const ids = Array.from({ length: 1_000 }, (_, i) => i.toString());
      await Promise.all(ids.map((id) => sender.sendEvent(phoneStatus(id))));
      await vi.waitFor(() => expect(subscription.deliveries).toHaveLength(ids.length), PATIENCE);
      expect(callers(subscription)).toEqual(ids);
    });

    it("text of every script arrives as it was", async () => {
      const subscription = await subscribe();
      const texts = ["Grüße, ½ €", "电话忙", "مشغول", "😀👩‍👩‍👧", "<&>\"'", " a\tb\n c ", "\u{10FFFF}"];
      const sender = await publisher();
      for (const text of texts) await sender.sendEvent(phoneStatus(text, text));
      await vi.waitFor(() => expect(subscription.deliveries).toHaveLength(texts.length), PATIENCE);
      expect(callers(subscription)).toEqual(texts);
    });

    it("a consumer that closes while events come in ends, and a later one gets later events only", async () => {
      const first = await subscribe();
      const sender = await publisher();
      const sent = Array.from({ length: 300 }, (_, i) => sender.sendEvent(phoneStatus(i.toString())));
      await vi.waitFor(() => expect(first.deliveries.length).toBeGreaterThan(0), PATIENCE);
      await first.consumer.close();
      await expect(first.consumer.join()).resolves.toBeUndefined();
      const { matched } = first.consumer.counts;
      await Promise.all(sent);
      const second = await subscribe();
      await sender.sendEvent(phoneStatus("later"));
      await vi.waitFor(() => expect(callers(second)).toEqual(["later"]), PATIENCE);
      expect(first.consumer.counts.matched).toBe(matched);
      expect(callers(first)).toEqual(Array.from({ length: matched }, (_, i) => i.toString()));
    });

    it("events can be received in a loop", async () => {
      const { consumer } = await subscribe({ callback: undefined } as unknown as ConsumerOptions);
      const sender = await publisher();
      for (const id of ["1", "2", "3"]) await sender.sendEvent(phoneStatus(id));
      const seen: (string | undefined)[] = [];
      for await (const { event } of consumer) if (seen.push(event.get("CallerId")) === 3) break;
      expect(seen).toEqual(["1", "2", "3"]);
    });

    const withTls = async (): Promise<void> => {
      const { amqpsUrl = "", ca = "" } = broker;
      const consumer = await AMQPEventConsumer.open(amqpsUrl, { tls: { ca }, callback: () => undefined });
      cleanUps.push(() => consumer.close());
      const sender = await EventPublisher.open(amqpsUrl, { tls: { ca }, catalog });
      cleanUps.push(() => sender.close());
      await sender.sendEvent(phoneStatus("1"));
      await vi.waitFor(() => expect(consumer.counts.matched).toBe(1), PATIENCE);
      await expect(EventPublisher.open(amqpsUrl, { catalog })).rejects.toMatchObject({
        name: "CertificateError",
        message: expect.stringContaining("option tls.ca") as string,
      });
    };
    if (tls) it("TLS works with the authority of the broker's certificate, and not without", withTls);
  });
}

interface Subscription {
  readonly consumer: AMQPEventConsumer;
  readonly deliveries: EventDelivery[];
  readonly errors: XqbusError[];
}

function callers({ deliveries }: Pick<Subscription, "deliveries">): (string | undefined)[] {
  return deliveries.map(({ event }) => event.get("CallerId"));
}

interface Placed {
  readonly applied: readonly string[];
  readonly runsHere: boolean;
  readonly received: number;
}

function placed(applied: readonly string[], received: number): Placed {
  return { applied, runsHere: !applied.includes("xquery"), received };
}

async function closed(connection: Connection): Promise<void> {
  if (!connection.is_open()) return;
  connection.close();
  await once(connection, "connection_close");
}
