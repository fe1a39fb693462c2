import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConnectOptions } from "../../../src/amqp/index.ts";
import { startBroker, type AccessRule, type Broker } from "../../../src/broker/index.ts";
import type { Router } from "../../../src/router/index.ts";
import { AMQPServiceProxy } from "../../../src/service/index.ts";
import { RouterService } from "../../../src/server/daemon/router-service.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const HOUR_MS = 3_600_000;
const ALL: AccessRule = { effect: "allow", user: "*", action: "*" };
const NO_SERVICE: AccessRule = { effect: "deny", user: "daemon", action: "consume", address: "org.clacks.command.#" };
const router: Pick<Router, "put" | "delete" | "has" | "group" | "meet"> = {
  put: () => Promise.reject(new Error("nobody puts")),
  delete: () => Promise.reject(new Error("nobody deletes")),
  has: () => Promise.resolve(true),
  group: () => Promise.reject(new Error("nobody asks for the group")),
  meet: () => Promise.reject(new Error("nobody meets")),
};

const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).toReversed()) await stop();
});

async function start(rules: readonly AccessRule[]): Promise<Broker> {
  const broker = await startBroker({ port: 0, users: { daemon: "d", ada: "a" }, rules });
  running.push(() => broker.close());
  return broker;
}

function serve(url: string, connect: ConnectOptions, momentMs: number) {
  const told: string[] = [];
  const service = new RouterService({
    ...{ router, url, connect, momentMs },
    onProblem: ({ message }) => void told.push(message),
    onBack: () => void told.push("back"),
  });
  running.push(() => service.close(1000));
  service.start();
  return { service, told };
}

async function asks(broker: Broker): Promise<unknown> {
  await using proxy = new AMQPServiceProxy(broker.url("ada"), { service: "xqbus" });
  return await proxy.call("hasSubscription", [{ name: "a" }]);
}

describe("the service by which consumers ask a router for queues", () => {
  it("says why it is not there, once in the log, and is there as soon as it can be", async () => {
    const broker = await start([NO_SERVICE, ALL]);
    const { service, told } = serve(broker.url("daemon"), {}, 0);
    const why = /^consumers cannot ask for queues: .*org\.clacks\.command\.xqbus/;
    await vi.waitFor(() => expect(service.problem).toMatch(why), WAIT);
    broker.reloadRules([ALL]);
    await vi.waitFor(() => expect(service.problem).toBeUndefined(), WAIT);
    expect(told).toEqual([expect.stringContaining("org.clacks.command.xqbus"), "back"]);
    expect(await asks(broker)).toBe(true);
  }, 120_000);

  it("is begun again when it has ended", async () => {
    const broker = await start([ALL]);
    const { service, told } = serve(broker.url("daemon"), { reconnect: false }, 0);
    await vi.waitFor(() => expect(service.problem).toBeUndefined(), WAIT);
    const warnings: string[] = [];
    const hear = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", hear);
    running.push(async () => process.off("warning", hear));
    for (const { id } of broker.management.connections()) if (id !== undefined) broker.management.closeConnection(id);
    await vi.waitFor(() => expect(service.problem).toMatch(/^consumers cannot ask for queues: ./), WAIT);
    await vi.waitFor(() => expect(service.problem).toBeUndefined(), WAIT);
    expect(told).toEqual([expect.any(String), "back"]);
    expect(warnings).toEqual([]);
    expect(await asks(broker)).toBe(true);
  }, 120_000);

  it("is no trouble as long as it is away for a moment only", async () => {
    const broker = await start([NO_SERVICE, ALL]);
    const { service, told } = serve(broker.url("daemon"), {}, HOUR_MS);
    await vi.waitFor(() => expect(told).toHaveLength(1), WAIT);
    expect(service.problem).toBeUndefined();
  });

  it("keeps nobody waiting that ends it while it is being opened", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on("error", () => undefined)));
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    running.push(async () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const { service, told } = serve(`amqp://127.0.0.1:${port}/org.clacks`, { timeoutMs: HOUR_MS }, 0);
    await vi.waitFor(() => expect(sockets).toHaveLength(1), WAIT);
    await service.close(HOUR_MS);
    expect(told).toEqual([]);
  });
});
