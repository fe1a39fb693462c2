import type { Product } from "../../test/brokers/running-broker.ts";
import type { LeanTerminus } from "./lean-termini.ts";
import { RECEIVER_ID } from "./messages.ts";
import type { Payload } from "./messages.ts";
import type { ServerOptions } from "./server.ts";

/** One kind of work that brokers do. */
export interface Scenario {
  readonly name: string;
  /** Others that can do the same; the embedded broker always does it. */
  readonly peers: readonly Product[];
  readonly embedded: ServerOptions;
  readonly client: "lean" | "rhea";
  readonly payload: Payload;
  readonly node: "topic" | "queue";
  /** Filters of the receivers; undefined for one without. */
  readonly filters: readonly (LeanTerminus["xquery"] | undefined)[];
  /** So many receivers, the first ones, get every message. */
  readonly matching: number;
  /** Messages of one round in relation to those that the user asked for. */
  readonly share: number;
  /** User CPU time of the embedded broker per message that was set as a goal, in microseconds. */
  readonly goal?: number;
}

const PEERS: readonly Product[] = ["qpid-broker-j", "artemis", "rabbitmq"];

function wanting(receiverId: string): string {
  return (
    "declare default element namespace 'http://www.gonicus.de/Events'; " +
    `/Event/PhoneStatus[ReceiverId = '${receiverId}']`
  );
}

const PLAIN: Omit<Scenario, "name"> = {
  peers: [],
  embedded: {},
  client: "lean",
  payload: "text",
  node: "topic",
  filters: [undefined],
  matching: 1,
  share: 1,
};

/** What is measured, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  { ...PLAIN, name: "1 → 1", peers: PEERS, goal: 10 },
  {
    ...PLAIN,
    name: "1 → 10",
    peers: PEERS,
    filters: Array.from({ length: 10 }, () => undefined),
    matching: 10,
    share: 0.5,
    goal: 30,
  },
  { ...PLAIN, name: "1 → 1, rhea clients", client: "rhea", share: 0.5 },
  { ...PLAIN, name: "1 → 1, events", payload: "event" },
  { ...PLAIN, name: "1 → 1, events, validated", payload: "event", embedded: { validates: true } },
  { ...PLAIN, name: "1 XQuery subscription", payload: "event", filters: [wanting(RECEIVER_ID)] },
  {
    ...PLAIN,
    name: "1,000 XQuery subscriptions, one matches",
    payload: "event",
    filters: Array.from({ length: 1000 }, (_, i) => wanting(i === 0 ? RECEIVER_ID : `SIP/voice.gonicus.de/x${i}`)),
  },
  {
    ...PLAIN,
    name: "1 → 1, durable queue",
    peers: PEERS,
    payload: "durable",
    node: "queue",
    embedded: { durable: true },
    share: 0.5,
  },
];
