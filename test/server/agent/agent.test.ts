import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/event/index.ts";
import { toObject } from "../../../src/event/index.ts";
import { loadCatalog } from "../../../src/schema/index.ts";
import { Agent } from "../../../src/server/agent/agent.ts";
import { MemoryLog } from "../daemon/stand-ins.ts";

const HOUR = 3_600_000;

interface Setup {
  readonly isAlone?: boolean;
  readonly intervalMs?: number;
  readonly publish?: (event: Event, ttlMs: number) => Promise<void>;
}

async function running({ isAlone = false, intervalMs = HOUR, publish }: Setup, use: (agent: Agent) => Promise<void>) {
  using catalog = await loadCatalog();
  const log = new MemoryLog();
  const sent: { readonly name: string; readonly content: unknown; readonly ttlMs: number }[] = [];
  const take = async (event: Event, ttlMs: number): Promise<void> => {
    expect(catalog.validate(event.toString())).toEqual([]);
    sent.push({ name: event.name, content: toObject(event), ttlMs });
  };
  const agent = await Agent.start({
    ...{ node: "node-1", intervalMs, catalog, log, isAlone: () => isAlone },
    publish: publish ?? take,
  });
  if (agent === undefined) throw new Error("no agent");
  await use(agent);
  return { sent, log };
}

describe("the agent of a daemon", () => {
  it("announces the node, tells how busy it is, and that it leaves", async () => {
    const { sent } = await running({}, (agent) => agent.stop());
    expect(sent.map(({ name }) => name)).toEqual(["NodeAnnounce", "NodeCapabilities", "NodeStatus", "NodeLeave"]);
    expect(JSON.stringify(sent[2]?.content)).toMatch(/"Id":"node-1".*"Load":[\d.]+.*"Workers":[1-9]/);
    expect(sent[2]?.ttlMs).toBe(3 * HOUR);
  });

  it("measures the event loop between two looks", async () => {
    const { sent } = await running({ intervalMs: 150 }, async (agent) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await agent.stop();
    });
    const looks = sent.filter(({ name }) => name === "NodeStatus");
    expect(looks.length).toBeGreaterThan(1);
    expect(JSON.stringify(looks.at(-1)?.content)).toMatch(/"Latency":\d/);
  });

  it("asks for clients when it has none", async () => {
    const { sent } = await running({ isAlone: true }, (agent) => agent.stop());
    expect(sent.map(({ name }) => name)).toContain("ClientPoll");
  });

  it("goes on when an event cannot be sent, and says so", async () => {
    const publish = (): Promise<void> => Promise.reject(new Error("no broker"));
    const { log } = await running({ publish }, (agent) => agent.stop());
    expect(log.lines[0]).toBe("warn  NodeAnnounce could not be sent");
  });

  it("tells nothing where the catalog has none of its events", async () => {
    using catalog = await loadCatalog({ directories: [import.meta.dirname] });
    const log = new MemoryLog();
    const agent = await Agent.start({
      ...{ intervalMs: HOUR, catalog, log, isAlone: () => true },
      publish: () => Promise.reject(new Error("nothing is to be sent")),
    });
    expect(agent).toBeUndefined();
    expect(log.lines[0]).toMatch(/^warn {2}the agent tells nothing: the catalog does not have NodeAnnounce/);
  });
});
