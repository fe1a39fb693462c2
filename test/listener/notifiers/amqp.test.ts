import rhea from "rhea";
import { describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker, PublishHook } from "../../../src/broker/index.ts";
import type { Notifier, NotifierSettings } from "../../../src/listener/index.ts";
import { amqpNotifier, type AmqpConfig } from "../../../src/listener/notifiers/amqp.ts";
import { RheaClient } from "../../broker/rhea-client.ts";
import { afterTest, contextOf, noEnd, notificationOf, SECRET_VALUE, until } from "./fixtures.ts";
import { notifierSuite, type Told } from "./notifier-suite.ts";

const NAME_RULE = 'field exchange of the amqp listener must be 1 to 200 letters, digits, ".", "_", ":" and "-"';

/** A broker, and what came to its exchanges with subjects that match. */
interface Listening {
  readonly broker: Broker;
  readonly told: (Told & { readonly subject: unknown; readonly type: unknown; readonly id: unknown })[];
  verdict: ReturnType<PublishHook>;
  close(): Promise<void>;
}

async function listenTo(exchange: string, pattern: string): Promise<Listening> {
  const broker = await startBroker({ onPublish: () => listening.verdict });
  const client = await RheaClient.connect(broker.url());
  const filter = { p: rhea.types.wrap_described(pattern, "apache.org:legacy-amqp-topic-binding:string") };
  const receiver = await client.receiver({ address: exchange, filter });
  const listening: Listening = {
    broker,
    told: [],
    verdict: undefined,
    close: async () => {
      client.kill();
      await broker.close();
    },
  };
  receiver.link.on("message", ({ message, delivery }: rhea.EventContext) => {
    delivery?.accept();
    const body = message?.body as { readonly content: Buffer };
    listening.told.push({
      text: body.content.toString(),
      isTest: message?.application_properties?.["xqbus_test"] === true,
      subject: message?.subject,
      type: message?.content_type,
      id: message?.message_id,
    });
  });
  receiver.credit(1_000);
  return listening;
}

async function listening(exchange: string, pattern: string = "#"): Promise<Listening> {
  const started = await listenTo(exchange, pattern);
  afterTest(() => started.close());
  return started;
}

async function notifier(
  busUrl: string,
  config: AmqpConfig = {},
  settings: Partial<NotifierSettings> = {},
): Promise<Notifier> {
  const context = await contextOf(settings, busUrl);
  const opened = await amqpNotifier.open(amqpNotifier.check({ ...config }, context), context);
  afterTest(() => opened.close());
  return opened;
}

notifierSuite(amqpNotifier, {
  start: async () => {
    const to = await listenTo("amq.topic", "#");
    return {
      config: {},
      busUrl: to.broker.url(),
      told: async () => {
        // The broker accepts a message before its subscribers have it.
        await until(() => expect(to.told.length).toBeGreaterThanOrEqual(to.broker.counts.delivered));
        return to.told.map(({ text, isTest }) => ({ text, isTest }));
      },
      fail: (isFailing) =>
        (to.verdict = isFailing ? { condition: "amqp:internal-error", description: "out of order" } : undefined),
      hang: () => {
        to.verdict = new Promise(() => undefined);
      },
      // The other one is the client's.
      held: () => to.broker.counts.connections - 1,
      stop: () => to.close(),
    };
  },
  masked: { mask: true },
  bad: [
    [{ exchange: "a b" }, `${NAME_RULE}, got "a b"`],
    [{ exchange: "a/b" }, `${NAME_RULE}, got "a/b"`],
    [{ exchange: "org.clacks" }, 'field exchange of the amqp listener must be another one than the bus itself, got "org.clacks"'],
    [{ format: "yaml" }, 'field format of the amqp listener must be one of json, xml, got "yaml"'],
  ],
}); // prettier-ignore

describe("the amqp notifier", () => {
  it("sends to amq.topic, the type of the event as subject, which clients match by its words", async () => {
    const to = await listening("amq.topic", "user.*");
    const opened = await notifier(to.broker.url());
    await opened.notify(notificationOf("rosa"), noEnd());
    await opened.notify(notificationOf("karl", { type: "repo.sync.start" }), noEnd());
    await opened.notify(notificationOf("kurt"), noEnd());
    await until(() => expect(to.told).toHaveLength(2));
    expect(to.told.map(({ id }) => id)).toEqual(["id-rosa", "id-kurt"]);
    expect(to.told[0]).toMatchObject({ subject: "user.login", type: "application/json" });
    expect(JSON.parse(to.told[0]?.text ?? "")).toEqual({
      event_type: "user.login",
      payload: { User: "rosa", Password: SECRET_VALUE },
    });
  });

  it("sends XML when it is asked to", async () => {
    const to = await listening("amq.topic");
    await (await notifier(to.broker.url(), { format: "xml" })).notify(notificationOf(), noEnd());
    await until(() => expect(to.told).toHaveLength(1));
    expect(to.told[0]).toMatchObject({ type: "application/xml", text: notificationOf().event.toString() });
  });

  it("prefers its own exchange to that of the settings, and the broker of the settings to the bus", async () => {
    const to = await listening("pulp");
    const messaging = { url: to.broker.url(), exchange: "pulp" };
    await (await notifier("amqp://127.0.0.1:1/", {}, { messaging })).notify(notificationOf("a"), noEnd());
    const other = { url: to.broker.url(), exchange: "another" };
    await (await notifier("amqp://127.0.0.1:1/", { exchange: "pulp" }, { messaging: other })).notify(notificationOf("b"), noEnd()); // prettier-ignore
    await until(() => expect(to.told.map(({ id }) => id)).toEqual(["id-a", "id-b"]));
  });

  it("may send to an exchange with the name of the bus at another broker", async () => {
    const to = await listening("org.clacks");
    const messaging = { url: to.broker.url() };
    await (await notifier("amqp://127.0.0.1:1/", { exchange: "org.clacks" }, { messaging })).notify(notificationOf(), noEnd()); // prettier-ignore
    await until(() => expect(to.told).toHaveLength(1));
  });

  it("gives up what can never be sent", async () => {
    const to = await listening("amq.topic");
    const opened = await notifier(to.broker.url());
    await expect(opened.notify(notificationOf("a", { type: "no type" }), noEnd())).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      isPermanent: true,
    });
  });

  it.each(["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"])(
    "does not send to the bus itself as %s",
    async (host) => {
      const settings = { messaging: { url: `amqp://${host}:1/`, exchange: "org.clacks" } };
      const back = "must be another one than the bus itself";
      for (const bus of ["127.0.0.1", "localhost", "[::1]"]) {
        const context = await contextOf(settings, `amqp://${bus}:1/org.clacks`);
        expect(() => amqpNotifier.check({}, context)).toThrow(back);
        expect(() => amqpNotifier.check({ exchange: "amq.topic" }, context)).not.toThrow();
      }
      const other = await contextOf(settings, "amqp://127.0.0.1:2/org.clacks");
      expect(() => amqpNotifier.check({}, other)).not.toThrow();
    },
  );

  it("does not open with settings that lead back to the bus", async () => {
    const context = await contextOf({ messaging: { exchange: "org.clacks" } });
    expect(() => amqpNotifier.check({}, context)).toThrow("must be another one than the bus itself");
    await expect((async () => amqpNotifier.open({}, context))()).rejects.toThrow("another one than the bus itself");
  });
});
