import rhea, { type Receiver, type Sender } from "rhea";
import { describe, expect, it, vi } from "vitest";
import { ExchangeSender, type ExchangeMessage } from "../../../src/amqp/index.ts";
import type { XqbusError } from "../../../src/errors.ts";
import { afterTest, broker, until } from "../set-up.ts";

const MESSAGE: ExchangeMessage = {
  body: Buffer.from('{"a":1}'),
  contentType: "application/json",
  subject: "repo.sync.start",
  messageId: "id-1",
  creationTime: new Date(Date.UTC(2026, 0, 2)),
};

const BROKER_J = "Apache Qpid Broker-J Core";

function sender(url: string, exchange: string = "pulp"): ExchangeSender {
  const opened = new ExchangeSender(url, exchange, { timeoutMs: 10_000 });
  afterTest(() => opened.close());
  return opened;
}

async function failure(sending: Promise<void>): Promise<Pick<XqbusError, "name" | "code" | "message">> {
  const error: unknown = await sending.then(
    () => new Error("it was sent"),
    (reason: unknown) => reason,
  );
  const { name, code, message } = error as XqbusError;
  return { name, code, message };
}

/** A link that is refused is attached without a terminus first. */
function refuse(link: Sender | Receiver, condition: string, description: string): boolean {
  link.close({ condition, description });
  return true;
}

describe("an exchange sender", () => {
  it.each([
    ["xqbus", ["pulp"]],
    ["qpid-cpp", ["pulp"]],
    ["RabbitMQ", ["/exchange/pulp"]],
    ["apache-activemq-artemis", ["pulp.repo.sync.start", "pulp.repo.sync.finish"]],
    ["ActiveMQ", ["topic://pulp.repo.sync.start", "topic://pulp.repo.sync.finish"]],
    ["something else", ["pulp"]],
  ])("sends by the addresses of %s", async (product, addresses) => {
    const to = await broker({ product });
    const opened = sender(to.url());
    for (const subject of ["repo.sync.start", "repo.sync.finish", "repo.sync.start"]) {
      await opened.send({ ...MESSAGE, subject });
    }
    expect(to.addresses).toEqual(addresses);
  });

  it("sends messages with all that they say, durable ones", async () => {
    const messages: unknown[] = [];
    const to = await broker({
      onPublish: (delivery, message) => {
        messages.push(message);
        delivery.accept();
      },
    });
    const properties = { applicationProperties: { xqbus_delivery: "7", xqbus_test: true }, traceparent: "00-1" };
    await sender(to.url()).send({ ...MESSAGE, ...properties });
    const [message] = messages as { readonly body: { readonly content: Buffer } }[];
    expect(message?.body.content.toString()).toBe('{"a":1}');
    expect(message).toMatchObject({
      durable: true,
      message_id: "id-1",
      subject: "repo.sync.start",
      content_type: "application/json",
      creation_time: new Date(Date.UTC(2026, 0, 2)),
      application_properties: { xqbus_delivery: "7", xqbus_test: true, traceparent: "00-1" },
    });
  });

  it("says what creates an exchange that is missing", async () => {
    const to = await broker({
      product: "RabbitMQ",
      onAttach: (link) => refuse(link, "amqp:not-found", "no exchange 'pulp' in vhost '/'"),
    });
    expect(await failure(sender(to.url()).send(MESSAGE))).toEqual({
      name: "RefusedError",
      code: "amqp:not-found",
      message:
        `the broker at 127.0.0.1:${to.port} does not let us send to "/exchange/pulp": no exchange 'pulp' in vhost '/' (amqp:not-found); ` +
        'declare an exchange of type topic with the name "pulp"',
    });
  });

  it("says why a missing exchange could not be created", async () => {
    const to = await broker({
      product: BROKER_J,
      onAttach: (link) => refuse(link, link.is_sender() ? "amqp:unauthorized-access" : "amqp:not-found", "no"),
    });
    expect(await failure(sender(to.url()).send(MESSAGE))).toEqual({
      name: "RefusedError",
      code: "amqp:not-found",
      message:
        `the broker at 127.0.0.1:${to.port} does not let us send to "pulp": no (amqp:not-found); ` +
        'create an exchange of type topic with the name "pulp" on the virtual host; it cannot be created from here: ' +
        `the broker at 127.0.0.1:${to.port} does not let us receive from "a temporary queue": no (amqp:unauthorized-access)`,
    });
  });

  it.each([
    [201, undefined, 1],
    [409, "it is there", 1],
    [403, "not for you", 0],
  ])("asks Broker-J to create the exchange: %i", async (statusCode, statusDescription, accepted) => {
    const requests: unknown[] = [];
    let replies: Sender | undefined;
    const to = await broker({
      product: BROKER_J,
      onAttach: (link) => {
        if (link.is_sender()) {
          replies = link as Sender;
          link.set_source({ address: "reply-1" });
          return true;
        }
        return link.target.address === "pulp" && accepted === 0 && refuse(link, "amqp:not-found", "no");
      },
      onPublish: (delivery, message) => {
        delivery.accept();
        if (message.to !== "$management") return;
        requests.push({ body: message.body as unknown, reply: message.reply_to, ...message.application_properties });
        const status = { statusCode: rhea.types.wrap_int(statusCode), statusDescription };
        replies?.send({ application_properties: status, body: {} });
      },
    });
    const sending = sender(to.url()).send(MESSAGE);
    if (accepted > 0) await sending;
    else {
      expect((await failure(sending)).message).toContain(
        `it cannot be created from here: the broker at 127.0.0.1:${to.port} does not create the exchange "pulp": not for you (403)`,
      );
    }
    expect(requests).toEqual([
      {
        reply: "reply-1",
        operation: "CREATE",
        type: "org.apache.qpid.TopicExchange",
        body: { name: "pulp", "object-path": "pulp", durable: true },
      },
    ]);
  });

  it("does not create what belongs to Broker-J itself", async () => {
    const to = await broker({ product: BROKER_J });
    await sender(to.url(), "amq.topic").send(MESSAGE);
    expect(to.addresses).toEqual(["amq.topic"]);
  });

  it("connects again when the connection was lost", async () => {
    const to = await broker();
    const opened = sender(to.url());
    await opened.send(MESSAGE);
    to.cut();
    // Until it has connected again, messages fail.
    await vi.waitFor(() => opened.send(MESSAGE), { timeout: 20_000 });
    expect(to.connections.length).toBe(2);
  });

  it("fails without a broker", async () => {
    const gone = await broker();
    const url = gone.url();
    await gone.close();
    const error = await failure(sender(url).send(MESSAGE));
    expect(error.code).toBe("xqbus:not-connected");
  });

  it("waits no longer than it may", async () => {
    const to = await broker({ onPublish: () => undefined });
    const opened = sender(to.url());
    expect(await failure(opened.send(MESSAGE, { timeoutMs: 50 }))).toMatchObject({ code: "xqbus:timeout" });
    expect(await failure(opened.send(MESSAGE, { signal: AbortSignal.abort() }))).toMatchObject({
      code: "xqbus:aborted",
    });
  });

  it("waits for answers when it is closed, and sends nothing then", async () => {
    let answer = (): void => undefined;
    const to = await broker({ onPublish: (delivery) => (answer = () => void delivery.accept()) });
    const opened = sender(to.url());
    let isSent = false;
    const sending = opened.send(MESSAGE).then(() => (isSent = true));
    await until(() => expect(to.addresses).toHaveLength(1));
    const closing = opened.close();
    expect(await failure(opened.send(MESSAGE))).toMatchObject({ code: "xqbus:already-closed" });
    await until(() => {
      answer();
      expect(isSent).toBe(true);
    });
    await Promise.all([sending, closing]);
  });

  it.each(["", "a b", "a/b", "ä", "x".repeat(201)])("takes no exchange of the name %j", (name) => {
    expect(() => new ExchangeSender("amqp://127.0.0.1/", name)).toThrow(
      'exchange must be 1 to 200 letters, digits, ".", "_", ":" and "-", got',
    );
  });

  it.each(["", "repo.#", "repo.*", "a b", "a/b", "a>b", "a,b", "a?b", "x\0"])(
    "takes no subject %j",
    async (subject) => {
      expect(await failure(sender("amqp://127.0.0.1:1/").send({ ...MESSAGE, subject }))).toMatchObject({
        code: "xqbus:illegal-argument",
      });
    },
  );
});
