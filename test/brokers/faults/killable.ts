import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { PRODUCTS } from "../products.ts";
import { DOMAIN, type Product } from "../running-broker.ts";

/** What the fault tests can put a fault on. */
export type FaultyProduct = "embedded" | Exclude<Product, "rabbitmq">;

/** The products that keep durable subscriptions; on RabbitMQ the client refuses them. */
export const FAULTY_PRODUCTS: readonly FaultyProduct[] = ["embedded", "qpid-broker-j", "activemq-classic", "artemis"];

/** A broker that can be killed and started again on what it has on disk. */
export interface Killable {
  readonly product: FaultyProduct;
  readonly url: string;
  readonly port: number;
  /** What fans out, in the words of the product. */
  readonly topic: { readonly address: string; readonly capabilities?: readonly string[] };
  kill(): Promise<void>;
  /** Resolves when the broker takes clients. */
  start(): Promise<void>;
  /** Ends it, and removes what it had on disk. */
  stop(): Promise<void>;
}

export function startKillable(product: FaultyProduct): Promise<Killable> {
  return product === "embedded" ? startEmbedded() : startProduct(product);
}

async function startEmbedded(): Promise<Killable> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "xqbus-faults-"));
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const program = join(import.meta.dirname, "..", "embedded-child.ts");
    child = fork(program, [String(port), folder], { execArgv: ["--import", "tsx"] });
    await once(child, "message");
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  await start();
  return {
    ...{ product: "embedded", url: `amqp://admin:secret@127.0.0.1:${port}/${DOMAIN}`, port, start, kill },
    topic: { address: DOMAIN },
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startProduct(product: Exclude<Product, "rabbitmq">): Promise<Killable> {
  const broker = await PRODUCTS[product]();
  const { topic: address } = broker.addresses;
  return {
    ...{ product, url: broker.url, port: Number(new URL(broker.url).port) },
    topic: product === "artemis" ? { address, capabilities: ["topic"] } : { address },
    kill: () => broker.kill(),
    start: () => broker.restart(),
    stop: () => broker.stop(),
  };
}
