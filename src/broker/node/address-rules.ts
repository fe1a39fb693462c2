import type { TerminusRequest } from "../protocol/nodes.ts";
import { isTemporary } from "./temporary-address.ts";

/** Ends of addresses that are always queues: what nobody wanted, and what was given up. */
export const UNROUTED = ".unrouted";
export const DEAD_LETTER = ".dead-letter";

/** The topic that is there from the start, as brokers of AMQP 0-9-1 have it. */
export const DEFAULT_TOPIC = "amq.topic";

const QUEUE_CAPABILITIES: readonly string[] = ["queue", "temporary-queue"];
const TOPIC_CAPABILITIES: readonly string[] = ["topic", "temporary-topic"];
/** ActiveMQ's way to say it in the address. */
const PREFIXES: readonly (readonly [string, "queue" | "topic"])[] = [
  ["queue://", "queue"],
  ["topic://", "topic"],
];

/** The node's address and, where the client says so, what it has to be. */
export interface WantedNode {
  readonly address: string;
  readonly kind: "queue" | "topic" | undefined;
}

/** What an address and capabilities ask for. */
export function wantedNode(address: string, { capabilities }: Pick<TerminusRequest, "capabilities">): WantedNode {
  const prefix = PREFIXES.find(([text]) => address.startsWith(text));
  const bare = prefix === undefined ? address : address.slice(prefix[0].length);
  if (isInternal(bare)) return { address: bare, kind: "queue" };
  if (prefix !== undefined) return { address: bare, kind: prefix[1] };
  if (capabilities.some((name) => QUEUE_CAPABILITIES.includes(name))) return { address: bare, kind: "queue" };
  if (capabilities.some((name) => TOPIC_CAPABILITIES.includes(name))) return { address: bare, kind: "topic" };
  return { address: bare, kind: undefined };
}

/** Whether what happens to messages there leaves no trace elsewhere. */
export function isInternal(address: string): boolean {
  return address.endsWith(UNROUTED) || address.endsWith(DEAD_LETTER);
}

/** Whether messages of the address that nobody gets are kept elsewhere. */
export function hasAftermath(address: string): boolean {
  return !isInternal(address) && !isTemporary(address);
}
