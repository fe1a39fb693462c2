import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

/**
 * What a link does with the bytes:
 *
 * - `pass`: hands them on;
 * - `bytes`: one at a time, each in a write of its own;
 * - `slow`: a while later;
 * - `swallow`: nothing arrives any more, and nobody is told (half-open).
 */
export type LinkMode = "pass" | "bytes" | "slow" | "swallow";

const SLOW_MS = 20;
/** Bytes that `bytes` gives one by one; what is behind them in one chunk goes at once, so that a test ends. */
const SINGLE_BYTES = 200;

/** A TCP proxy on 127.0.0.1 whose faults a test switches on and off. */
export class TcpProxy {
  readonly port: number;
  mode: LinkMode = "pass";
  /** Connections that were ever made. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TcpProxy(server, targetPort);
  }

  private constructor(server: Server, targetPort: number) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on("connection", (client) => {
      this.connections++;
      const target = connect({ host: "127.0.0.1", port: targetPort, noDelay: true });
      client.setNoDelay(true);
      this.#join(client, target);
      this.#join(target, client);
    });
  }

  /** Cuts all connections at once, mid-frame if need be. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, "close");
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    let last = Promise.resolve();
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      if (this.mode !== "swallow") to.destroy();
    });
    from.on("data", (bytes: Buffer) => {
      last = last.then(() => this.#pass(bytes, to));
    });
  }

  async #pass(bytes: Buffer, to: Socket): Promise<void> {
    if (this.mode === "swallow" || to.destroyed) return;
    if (this.mode === "slow") await sleep(SLOW_MS);
    let start = 0;
    for (; this.mode === "bytes" && start < Math.min(bytes.length, SINGLE_BYTES); start++) {
      to.write(bytes.subarray(start, start + 1));
      await turn();
    }
    to.write(bytes.subarray(start));
  }
}
