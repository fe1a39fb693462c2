import type { Duplex } from "node:stream";
import type { Broker, BrokerOptions } from "../broker.ts";
import type { Clock } from "../clock.ts";
import { EmbeddedBroker } from "../start-broker.ts";
import { observeAccepted } from "./accepted-message.ts";
import type { AcceptedMessage } from "./accepted-message.ts";
import { MemorySocket } from "./memory-socket.ts";

/** A broker without a port, and what is different about it. */
export interface MemoryBrokerOptions extends Omit<BrokerOptions, "host" | "port" | "tls" | "store"> {
  /** The host in its URLs. */
  readonly host: string;
  /** The time of its nodes; heartbeats and limits of the protocol go by the machine's. */
  readonly clock: Clock;
  /** Hears of every message that publishers' links brought and that was accepted. */
  readonly onAccepted: (message: AcceptedMessage) => void;
  /** Called whenever bytes are on their way in one of its connections. */
  readonly onTraffic: () => void;
}

/** A broker whose clients are in this process. */
export interface MemoryBroker {
  readonly broker: Broker;
  /** The client's end of a new connection. */
  readonly connect: () => Duplex;
}

/** Not used for anything, but every URL has one. */
const PORT = 5672;

/**
 * A broker that is the same as any other, nodes, links, frames and all, but for the bytes, which go from stream to stream in this
 * process, and for the time.
 *
 * @throws XqbusError `xqbus:illegal-argument` for an option that cannot be used
 */
export function createMemoryBroker(options: MemoryBrokerOptions): MemoryBroker {
  const { clock, onAccepted, onTraffic, ...rest } = options;
  const observe = (nodes: Parameters<typeof observeAccepted>[0]): typeof nodes => observeAccepted(nodes, onAccepted);
  const broker = new EmbeddedBroker({ ...rest, port: PORT }, { clock, observe });
  return {
    broker,
    connect: () => {
      const [client, server] = MemorySocket.pair(onTraffic);
      broker.serve(server);
      return client;
    },
  };
}
