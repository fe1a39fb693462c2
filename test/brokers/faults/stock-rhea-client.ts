import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import rhea from "rhea";
import type { Connection, ConnectionOptions, Receiver } from "rhea";
import type { FaultClient, FaultTarget } from "./fault-client.ts";

const CREDIT = 100;
const ATTEMPTS = 15;
const ATTEMPT_MS = 4_000;

/** rhea as its documentation shows it: automatic reconnect, automatic accept, messages sent while the link has credit. */
export const stockRheaClient: FaultClient = {
  name: "rhea",

  openSender: async (target) => {
    const connection = connect(target, undefined);
    const { address, capabilities } = target.topic;
    const sender = connection.open_sender({
      target: { address, ...(capabilities && { capabilities: [...capabilities] }) },
    });
    const waiting = new Map<unknown, () => void>();
    sender.on("accepted", ({ delivery }: { delivery: unknown }) => waiting.get(delivery)?.());
    await once(sender, "sendable");
    return {
      isReady: () => connection.is_open() && sender.sendable(),
      send: (id, onAccepted) => {
        const body: unknown = rhea.message.data_section(Buffer.from("<Event><Ping/></Event>"));
        waiting.set(sender.send({ message_id: id, durable: true, body }), onAccepted);
      },
      close: () => closed(connection),
    };
  },

  openReceiver: async (target, subscription, handle) => {
    const { connection, receiver } = await attach(target, subscription, CREDIT);
    receiver.on("message", ({ message }: { message: { message_id?: unknown } }) => {
      void handle(String(message.message_id));
    });
    return { close: () => closed(connection) };
  },

  unsubscribe: async (target, subscription) => {
    const { connection, receiver } = await attach(target, subscription, 0);
    receiver.close();
    await closed(connection);
  },
};

/** Tries again: ActiveMQ Classic refuses a container that it knows until it has noticed that the connection before is gone. */
async function attach(
  target: FaultTarget,
  subscription: string,
  credit: number,
): Promise<{ readonly connection: Connection; readonly receiver: Receiver }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const connection = connect(target, subscription);
    const { address, capabilities } = target.topic;
    const receiver = connection.open_receiver({
      name: subscription,
      source: {
        ...{ address, durable: 2, expiry_policy: "never" },
        ...(capabilities && { capabilities: [...capabilities] }),
      },
      credit_window: credit,
    });
    const opened = once(receiver, "receiver_open").then(() => true);
    if (await Promise.race([opened, sleep(ATTEMPT_MS, false)])) return { connection, receiver };
    await closed(connection);
  }
  throw new Error(`rhea could not attach to ${target.topic.address}`);
}

function connect({ url }: FaultTarget, containerId: string | undefined): Connection {
  const { hostname: host, port, username, password } = new URL(url);
  const options: ConnectionOptions = { host, port: Number(port), username, password, reconnect: true };
  const container = containerId === undefined ? rhea.create_container() : rhea.create_container({ id: containerId });
  const connection = container.connect(options);
  for (const name of ["error", "protocol_error", "connection_error", "disconnected"])
    connection.on(name, () => undefined);
  container.on("error", () => undefined);
  return connection;
}

/** Whatever state it is in. */
async function closed(connection: Connection): Promise<void> {
  (connection as { set_reconnect?: (reconnect: boolean) => void }).set_reconnect?.(false);
  if (!connection.is_open()) return;
  const end = once(connection, "connection_close");
  connection.close();
  await Promise.race([end, sleep(1_000)]);
}
