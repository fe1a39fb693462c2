import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { xqbus } from "../compiled-package.ts";

/** How the broker is started; as JSON in the first argument. */
export interface ServerOptions {
  readonly validates?: boolean;
  readonly durable?: boolean;
}

/** The embedded broker in a process of its own: tells its URL, then its user CPU time whenever it is asked. */
const { validates = false, durable = false } = JSON.parse(process.argv[2] ?? "{}") as ServerOptions;
const folder = durable ? mkdtempSync(join(tmpdir(), "xqbus-bench-")) : undefined;
const broker = await xqbus.startBroker({
  users: { admin: "secret" },
  maxQueueMessages: 1_000_000,
  maxConnections: 2000,
  ...(validates && { onPublish: xqbus.validateAtTheDoor(await xqbus.loadCatalog()) }),
  ...(folder !== undefined && { store: { folder } }),
});

process.on("message", () => process.send?.({ user: process.cpuUsage().user }));
process.on("disconnect", () => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  process.exit();
});
process.send?.({ url: broker.url() });
