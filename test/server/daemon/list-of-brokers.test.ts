import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import { loadConfig } from "../../../src/server/index.ts";
import { daemonModules } from "../../../src/server/daemon/modules.ts";
import { startDaemon } from "../../../src/server/daemon/start-daemon.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { MemoryLog } from "./stand-ins.ts";

const EVENT = `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>n1</Id></NodeLeave></Event>`;

describeWith([SQLITE], "a daemon with a list of brokers", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "xqbus-brokers-"));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("works with the one that is there: API, listeners and their sources", async () => {
    const broker = await startBroker({ port: 0 });
    const told: string[] = [];
    const receiver = createServer((request, response) => {
      told.push(String(request.headers["ce-source"]));
      response.end();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const file = join(root, "xqbus.toml");
    writeFileSync(
      file,
      `[broker]\nurl = "amqp://127.0.0.1:1/org.clacks,${broker.url(undefined, "org.clacks")}"\n[http]\nport = 0\nauth = "none"\n` +
        `[storage]\nfolder = "${join(root, "data")}"\n[listener]\nallow_networks = ["127.0.0.1/32"]\n`,
    );
    const { config } = await loadConfig({ file });
    const daemon = await startDaemon(config, { log: new MemoryLog(), modules: daemonModules });
    try {
      const post = (path: string, type: string, body: string): Promise<Response> =>
        fetch(`${daemon.http?.url}${path}`, { method: "POST", headers: { "content-type": type }, body });
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      const listener = { notifier: "http", eventTypes: ["NodeLeave"], config: { url, format: "cloudevents-binary" } };
      expect((await post("/listeners", "application/json", JSON.stringify(listener))).status).toBe(201);
      expect((await post("/events", "application/xml", EVENT)).status).toBe(202);
      await vi.waitFor(() => expect(told).toEqual(["/org.clacks"]), { timeout: 30_000, interval: 20 });
    } finally {
      await daemon.close();
      receiver.closeAllConnections();
      receiver.close();
      await broker.close();
    }
  });
});
