import { randomUUID } from "node:crypto";
import { once } from "node:events";
import rhea from "rhea";
import type { Connection, ConnectionOptions } from "rhea";
import { PREFETCH, WINDOW } from "./client.ts";
import type { BenchClient } from "./client.ts";
import { Countdown } from "./countdown.ts";

/** As large as the events of the other client; nothing looks into it. */
const BODY = Buffer.alloc(160, "x");

/** rhea alone: messages of the same size with the same properties, without any XML. What AMQP itself costs. */
export const rheaClient: BenchClient = {
  openSender: async (url) => {
    const { connection, address } = await connect(url);
    const sender = connection.open_sender({ target: { address } });
    const accepted = new Countdown();
    let toSend = 0;
    let underWay = 0;
    const pump = (): void => {
      while (toSend > 0 && underWay < WINDOW && sender.sendable()) {
        toSend--;
        underWay++;
        sender.send({
          durable: true,
          message_id: randomUUID(),
          subject: "org.clacks.event.PhoneStatus",
          content_type: "application/xml",
          creation_time: new Date(),
          // The typings of rhea take a data section for a string.
          body: rhea.message.data_section(BODY) as unknown,
        });
      }
    };
    sender.on("sendable", pump);
    sender.on("accepted", () => {
      underWay--;
      accepted.count();
      pump();
    });
    await once(sender, "sendable");
    return {
      send: async (count) => {
        toSend = count;
        pump();
        await accepted.wait(count);
      },
      close: () => close(connection),
    };
  },

  openReceiver: async (url) => {
    const { connection, address } = await connect(url);
    const receiver = connection.open_receiver({ source: { address }, credit_window: PREFETCH });
    const received = new Countdown();
    receiver.on("message", received.count);
    await once(receiver, "receiver_open");
    return { receive: (count) => received.wait(count), close: () => close(connection) };
  },
};

async function connect(url: string): Promise<{ readonly connection: Connection; readonly address: string }> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const options: ConnectionOptions & { readonly tcp_no_delay: boolean } = {
    host: hostname,
    port: Number(port),
    username,
    password,
    reconnect: false,
    tcp_no_delay: true,
  };
  const connection = rhea.create_container().connect(options);
  await once(connection, "connection_open");
  return { connection, address: pathname.slice(1) };
}

async function close(connection: Connection): Promise<void> {
  const closed = once(connection, "connection_close");
  connection.close();
  await closed;
}
