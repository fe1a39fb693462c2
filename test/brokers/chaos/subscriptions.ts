import fc from "fast-check";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AMQPEventConsumer, type ConnectOptions } from "../../../src/amqp/index.ts";
import type { DaemonProcess } from "../../e2e/daemon-process.ts";
import type { Ledger, Subscribed } from "./ledger.ts";

/** How many there are of each kind. */
export interface SubscriptionCounts {
  /** Durable consumers that receive all the time. */
  readonly consumers: number;
  /** That many of the consumers keep the order of each key. */
  readonly ordered: number;
  /** HTTP listeners. */
  readonly listeners: number;
  /** Routes whose queues are read at the end. */
  readonly routes: number;
}

/** A subscription of a run. */
export interface ChaosSubscription extends Subscribed {
  readonly kind: keyof Omit<SubscriptionCounts, "ordered">;
  /** Of a consumer. They are opened while daemons answer, and from then on have their queue whichever it is. */
  readonly router: "auto" | "required";
}

const MAX_KEYS = 3;
/** Requests under way while subscriptions are made. */
const AT_A_TIME = 8;
const TEXT = /<(?:\w+:)?Id>([^<]*)<.*<(?:\w+:)?Workers>(\d+)</s;

/** Subscriptions for one to three of the keys each; the first of each kind wants all of them. */
export function chooseSubscriptions(
  counts: SubscriptionCounts,
  keys: readonly string[],
  seed: number,
): readonly ChaosSubscription[] {
  const some = fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: MAX_KEYS });
  return (["consumers", "listeners", "routes"] as const).flatMap((kind, at) => {
    const chosen = fc.sample(some, { seed: seed + at, numRuns: counts[kind] });
    return chosen.map((own, index) => ({
      ...{ kind, name: `${kind}-${index}`, keys: index === 0 ? keys : own },
      router: index % 2 === 1 ? "auto" : "required",
      isOrdered: kind === "consumers" && index < counts.ordered,
    }));
  });
}

export function eventText(key: string, number: number): string {
  return (
    `<Event xmlns="http://www.gonicus.de/Events"><NodeStatus><Id>${key}</Id><Load>0.5</Load>` +
    `<Latency>0.01</Latency><Workers>${number}</Workers></NodeStatus></Event>`
  );
}

/** Puts an event that a subscription was given into the ledger. */
export function receive(ledger: Ledger, name: string, messageId: string, document: string): void {
  const [, key = document, number = "-1"] = TEXT.exec(document) ?? [];
  ledger.receive(name, messageId, key, Number(number));
}

/** What takes the events of a run while it lasts. */
export class Receivers {
  readonly consumers: AMQPEventConsumer[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Makes all subscriptions, by way of all daemons. */
  static async open(
    subscriptions: readonly ChaosSubscription[],
    ledger: Ledger,
    { url, connect, daemons }: { url: string; connect: ConnectOptions; daemons: readonly DaemonProcess[] },
  ): Promise<Receivers> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const name = (request.url ?? "").slice(1);
        receive(ledger, name, String(request.headers["webhook-id"]), Buffer.concat(parts).toString());
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const receivers = new Receivers(server);
    const queue = subscriptions.map((subscription, index) => ({
      ...subscription,
      daemon: daemons[index % daemons.length]!,
    }));
    const next = async (): Promise<void> => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        const { kind, name, keys, router, isOrdered, daemon } = one;
        const xquery = `//e:NodeStatus[e:Id = (${keys.map((key) => `"${key}"`).join(", ")})]`;
        if (kind === "consumers") {
          const consumer = await AMQPEventConsumer.open(url, {
            ...{
              ...connect,
              durable: name,
              xquery,
              router,
              routerTimeoutMs: 60_000,
              onError: () => undefined,
            },
            ...(isOrdered ? { orderBy: { xpath: "//e:NodeStatus/e:Id" } } : {}),
            callback: (event, { properties }) => receive(ledger, name, properties.messageId ?? "", event.toString()),
          });
          receivers.consumers.push(consumer);
        } else if (kind === "routes") {
          await daemon.ask(`/routes/${name}`, { xquery }, "PUT");
        } else {
          const config = { url: `${to}/${name}`, format: "xml" };
          const retry = "forever schedule 200ms";
          await daemon.ask("/listeners", { notifier: "http", eventTypes: ["NodeStatus"], xquery, retry, config });
        }
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, next));
    return receivers;
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
