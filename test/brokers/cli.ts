/**
 * Starts a real broker by hand, for benchmarks and for looking around: it runs until Ctrl-C.
 *
 *     npx tsx test/brokers/cli.ts start qpid-broker-j --port 5672
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { PRODUCTS } from "./products.ts";
import type { BrokerOptions, Product } from "./running-broker.ts";

const USAGE = `usage: npx tsx test/brokers/cli.ts start ${Object.keys(PRODUCTS).join("|")} [options]
  --port N             port for AMQP (default: a free one)
  --tls-port N         port for AMQP over TLS (default: a free one), with --cert and --key
  --cert FILE          certificate chain of the server, PEM
  --key FILE           its private key, PEM
  --directory DIR      where configuration, log and messages are kept (default: a temporary folder)
  --memory             keep no messages on disk
  --java-option FLAG   flag for the Java machine instead of the quick start; may be repeated`;

/** The product and the options of a command line; undefined when it is not one of ours. */
function parseCommand(
  args: readonly string[],
): { readonly product: Product; readonly options: BrokerOptions } | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: "string" },
      "tls-port": { type: "string" },
      cert: { type: "string" },
      key: { type: "string" },
      directory: { type: "string" },
      memory: { type: "boolean" },
      "java-option": { type: "string", multiple: true },
    },
  });
  const [verb, name, ...rest] = positionals;
  if (verb !== "start" || name === undefined || !isProduct(name) || rest.length > 0) return undefined;
  const { port, cert, key, directory, memory, "tls-port": tlsPort, "java-option": javaOptions } = values;
  if ((cert === undefined) !== (key === undefined)) return undefined;
  return {
    product: name,
    options: {
      durable: memory !== true,
      ...(port !== undefined && { port: Number(port) }),
      ...(tlsPort !== undefined && { tlsPort: Number(tlsPort) }),
      ...(cert !== undefined &&
        key !== undefined && { tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") } }),
      ...(directory !== undefined && { directory }),
      ...(javaOptions && { javaOptions }),
    },
  };
}

function isProduct(name: string): name is Product {
  return Object.hasOwn(PRODUCTS, name);
}

/** Runs the broker in the foreground; gives the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  if (!command) {
    console.error(USAGE);
    return 2;
  }
  const broker = await PRODUCTS[command.product](command.options);
  console.log([broker.url, broker.amqpsUrl].filter((url) => url !== undefined).join("\n"));
  console.error(`${broker.product}, process ${broker.pid}, folder ${broker.directory}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, resolve);
  });
  await broker.stop();
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
