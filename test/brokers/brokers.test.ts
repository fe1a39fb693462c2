import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Certificates } from "../helpers/certificates.ts";
import { makeCertificates } from "../helpers/certificates.ts";
import { OPENSSL, describeWith } from "../helpers/requirements.ts";
import { isAlive } from "./is-alive.ts";
import { PRODUCTS, PRODUCT_NEEDS } from "./products.ts";
import type { RheaClient } from "./rhea-client.ts";
import { rheaClient } from "./rhea-client.ts";
import type { Credentials, Product, RunningBroker } from "./running-broker.ts";
import { ADMIN, UMLAUT_USER } from "./running-broker.ts";

/** An address that the product refuses; ActiveMQ makes whatever it is asked for. */
const UNKNOWN_ADDRESS: Partial<Readonly<Record<Product, string>>> = { "qpid-broker-j": "amq.nothing" };

/** What each product says of itself in `open`; clients choose their dialect by it. */
const ANNOUNCED: Readonly<Record<Product, object>> = {
  "qpid-broker-j": { product: "Apache Qpid Broker-J Core", version: "9.2.1" },
  "activemq-classic": {
    product: "ActiveMQ",
    version: "5.18.6",
    "topic-prefix": "topic://",
    "queue-prefix": "queue://",
  },
  artemis: { product: "apache-activemq-artemis", version: "2.44.0" },
  rabbitmq: { product: "RabbitMQ" },
};

const PATIENCE = { timeout: 20_000, interval: 20 };

/** Runs the work with a client and closes it, whatever happens. */
async function withClient<T>(
  url: string,
  work: (client: RheaClient) => Promise<T>,
  options?: { user?: Credentials; ca?: string },
): Promise<T> {
  const client = await rheaClient(url, options);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

for (const [product, start] of Object.entries(PRODUCTS) as [Product, (typeof PRODUCTS)[Product]][]) {
  describeWith([...PRODUCT_NEEDS[product], OPENSSL], `a real broker: ${product}`, () => {
    let folder: string;
    let certificates: Certificates;
    let broker: RunningBroker;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "xqbus-brokers-"));
      certificates = makeCertificates(folder);
      broker = await start({ tls: { cert: certificates.serverCert, key: certificates.serverKey } });
    }, 600_000);

    afterAll(async () => {
      await broker.stop();
      rmSync(folder, { recursive: true });
    });

    it("names itself and its URL", async () => {
      expect(broker.product).toBe(product);
      expect(broker.url).toMatch(/^amqp:\/\/admin:secret@127\.0\.0\.1:[23]\d{4}\/org\.clacks$/);
      expect(broker.amqpsUrl).toMatch(/^amqps:\/\/admin:secret@127\.0\.0\.1:[23]\d{4}\/org\.clacks$/);
      const properties = await withClient(broker.url, (client) => Promise.resolve(client.properties));
      expect(properties).toMatchObject(ANNOUNCED[product]);
    });

    it("gives each of two receivers on the topic what is sent to it", async () => {
      await withClient(broker.url, (one) =>
        withClient(broker.url, async (other) => {
          const both = [await one.receive(broker.addresses.topic), await other.receive(broker.addresses.topic)];
          expect(await one.send(broker.addresses.topic, "org.clacks.event.Ping", "<Event/>")).toBe("accepted");
          const expected = [{ subject: "org.clacks.event.Ping", text: "<Event/>" }];
          await vi.waitFor(() => expect(both).toEqual([expected, expected]), PATIENCE);
        }),
      );
    });

    it("speaks TLS to a client that trusts its authority", async () => {
      const url = broker.amqpsUrl ?? "";
      const outcome = withClient(url, (client) => client.send(broker.addresses.queue("tls"), "s", "t"), {
        ca: certificates.ca,
      });
      expect(await outcome).toBe("accepted");
    });

    it("is not trusted over TLS by a client with another authority", async () => {
      await expect(rheaClient(broker.amqpsUrl ?? "", { ca: certificates.otherCa })).rejects.toThrow(
        /certificate|self-signed/,
      );
    });

    it.each([
      { title: "a wrong password", user: { ...ADMIN, password: "wrong" } },
      { title: "an unknown user", user: { name: "nobody", password: ADMIN.password } },
      { title: "a password without its umlauts", user: { ...UMLAUT_USER, password: "passwort" } },
    ])("refuses $title", async ({ user }) => {
      await expect(rheaClient(broker.url, { user })).rejects.toMatchObject({ condition: "amqp:unauthorized-access" });
    });

    it("knows a user whose name and password are not ASCII", async () => {
      await (await rheaClient(broker.url, { user: UMLAUT_USER })).close();
    });

    const unknown = UNKNOWN_ADDRESS[product];
    if (unknown !== undefined) {
      it("refuses an address that does not exist", async () => {
        const refused = withClient(broker.url, (client) => client.receive(unknown));
        await expect(refused).rejects.toMatchObject({ condition: "amqp:not-found" });
      });
    }

    it("keeps a durable message over an orderly restart and over a kill", { timeout: 300_000 }, async () => {
      const queue = broker.addresses.queue("kept");
      const firstProcess = broker.pid;
      await withClient(broker.url, (client) => client.send(queue, "one", "kept over a restart"));
      await broker.restart();
      expect(broker.pid).not.toBe(firstProcess);
      await withClient(broker.url, (client) => client.send(queue, "two", "kept over a kill"));
      await broker.kill();
      expect(isAlive(broker.pid)).toBe(false);
      await broker.restart();
      await withClient(broker.url, async (client) => {
        const received = await client.receive(queue);
        const expected = [
          { subject: "one", text: "kept over a restart" },
          { subject: "two", text: "kept over a kill" },
        ];
        await vi.waitFor(() => expect(received).toEqual(expected), PATIENCE);
      });
    });

    it("leaves neither a process nor a folder behind when it is stopped", async () => {
      const { pid, directory } = broker;
      await Promise.all([broker.stop(), broker.stop()]);
      expect([isAlive(pid), existsSync(directory)]).toEqual([false, false]);
      await expect(broker.restart()).rejects.toThrow("was stopped for good");
    });
  });
}
