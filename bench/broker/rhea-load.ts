import { once } from "node:events";
import rhea from "rhea";
import type { Connection, Sender } from "rhea";
import type { Load, LoadRequest } from "./load.ts";

const CREDIT = 1000;

/** The same with stock rhea clients, each link on a connection of its own; the message is encoded by rhea. */
export class RheaLoad implements Load {
  readonly #connections: Connection[] = [];
  #sender: Sender | undefined;
  #received = 0;
  #wanted = Infinity;
  #done: () => void = () => undefined;

  static async open({ url, target, sources }: LoadRequest & { kind: "open" }): Promise<RheaLoad> {
    const load = new RheaLoad();
    for (const { address } of sources) {
      const receiver = load.#connect(url).open_receiver({ source: { address }, credit_window: CREDIT });
      receiver.on("message", () => load.#count());
      await once(receiver, "receiver_open");
    }
    load.#sender = load.#connect(url).open_sender({ target: { address: target.address } });
    await once(load.#sender, "sendable");
    return load;
  }

  async exchange(message: Buffer, count: number): Promise<void> {
    const sender = this.#sender;
    if (sender === undefined) return;
    this.#received = 0;
    this.#wanted = count;
    const done = new Promise<void>((resolve) => (this.#done = resolve));
    // The typings of rhea take a data section for a string.
    const body: unknown = rhea.message.data_section(message);
    let sent = 0;
    const pump = (): void => {
      while (sent < count && sender.sendable()) {
        sender.send({ body });
        sent++;
      }
    };
    sender.on("sendable", pump);
    pump();
    await done;
    sender.removeListener("sendable", pump);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #connect(url: string): Connection {
    const { hostname: host, port, username, password } = new URL(url);
    const connection = rhea.create_container().connect({
      ...{ host, port: Number(port), username, password, reconnect: false, tcp_no_delay: true },
    });
    this.#connections.push(connection);
    return connection;
  }

  #count(): void {
    if (++this.#received >= this.#wanted) this.#done();
  }
}
