import type { Broker } from "../../broker/index.ts";
import { Agent } from "../agent/agent.ts";
import { KnownClients } from "../agent/known-clients.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { Log } from "../log/index.ts";
import type { DaemonParts } from "../parts.ts";
import type { Closers } from "./closers.ts";

const MAX_SEND_MS = 10_000;
/** Intervals after which clients of another broker that said nothing are asked again. */
const FORGET_INTERVALS = 10;

/** Starts the agent of a daemon where it is wanted, and has it closed with the others. */
export async function startAgent(
  { enabled, node, interval }: DaemonConfig["agent"],
  parts: DaemonParts,
  closers: Closers,
  log: Log,
): Promise<void> {
  if (!enabled) return;
  const { catalog, publisher, broker } = parts;
  const isAlone =
    broker === undefined ? await clientsOfOther(parts, interval, closers) : () => isWithoutClients(broker);
  const agent = await Agent.start({
    ...{ node, intervalMs: interval, catalog, log, isAlone },
    publish: (event, ttlMs) => publisher.sendEvent(event, { ttlMs, timeoutMs: Math.min(interval, MAX_SEND_MS) }),
  });
  if (agent !== undefined) closers.add("agent", () => agent.stop());
}

function isWithoutClients({ management, inProcess }: Broker): boolean {
  return management.connections().every(({ user }) => user === inProcess.user);
}

/** Another broker does not tell whom it serves: clients are known by what they say of themselves. */
async function clientsOfOther(
  { url, connect = {}, catalog }: DaemonParts,
  interval: number,
  closers: Closers,
): Promise<() => boolean> {
  const says = ["ClientAnnounce", "ClientLeave"].every((name) => catalog.eventNames.includes(name));
  if (!says) return () => false;
  const clients = await KnownClients.open({ url, connect, catalog, forgetAfterMs: FORGET_INTERVALS * interval });
  closers.add("clients", () => clients.close());
  return () => clients.isEmpty;
}
