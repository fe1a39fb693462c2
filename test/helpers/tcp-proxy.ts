import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** How a proxy treats the bytes that come from now on. */
export interface ProxyBehaviour {
  /** Bytes of one piece; default: as they come. */
  readonly pieceBytes?: number;
  /** Ms that each piece is held back. Default 0. */
  readonly delayMs?: number;
  /** After so many bytes in one direction the connection is reset. */
  readonly resetAfterBytes?: number;
  /** Nothing arrives any more, and nobody is told, not even of the end of the other side (half-open). */
  readonly swallows?: boolean;
}

interface Pair {
  readonly client: Socket;
  readonly broker: Socket;
}

/** A TCP proxy for tests: it cuts, delays, chops and freezes the connections that go through it. */
export class TcpProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  #behaviour: ProxyBehaviour = {};
  #made = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#serve(client));
  }

  /** @param target port on this machine */
  static async start(target: number, behaviour: ProxyBehaviour = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#behaviour = behaviour;
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that go through it now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Connections that were ever made. */
  get made(): number {
    return this.#made;
  }

  /** The same URL by way of the proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String(this.port);
    return changed.href;
  }

  /** For all connections, those that are there included. */
  behave(behaviour: ProxyBehaviour): void {
    this.#behaviour = behaviour;
  }

  /** Resets all connections, as a cable that is pulled and told of. */
  cut(): void {
    for (const { client, broker } of [...this.#pairs]) for (const socket of [client, broker]) socket.resetAndDestroy();
  }

  /** Nothing goes through any more, and nobody is told: what a firewall does that forgot a connection. */
  freeze(): void {
    for (const { client, broker } of this.#pairs) for (const socket of [client, broker]) socket.pause();
  }

  /** Ends the direction to the broker and leaves the other open. */
  halfClose(): void {
    for (const { broker } of this.#pairs) broker.end();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #serve(client: Socket): void {
    const broker = connect({ host: "127.0.0.1", port: this.#target, noDelay: true, allowHalfOpen: true });
    const pair = { client, broker };
    this.#made++;
    this.#pairs.add(pair);
    for (const socket of [client, broker]) {
      socket.on("error", () => {});
      socket.once("close", () => {
        if (this.#behaviour.swallows === true && [client, broker].some((each) => !each.destroyed)) return;
        this.#pairs.delete(pair);
        for (const each of [client, broker]) each.destroy();
      });
    }
    pass(client, broker, () => this.#behaviour);
    pass(broker, client, () => this.#behaviour);
  }
}

function pass(from: Socket, to: Socket, behaviour: () => ProxyBehaviour): void {
  let passed = 0;
  let turn = Promise.resolve();
  const later = (action: () => void): void => {
    const { delayMs = 0, pieceBytes } = behaviour();
    // A turn of the event loop between two pieces, or the system would put them together again.
    const waits = delayMs > 0 ? () => sleep(delayMs) : pieceBytes === undefined ? undefined : nextTurn;
    turn = turn.then(waits).then(action);
  };
  from.on("data", (bytes: Buffer) => {
    const { pieceBytes = Infinity, resetAfterBytes, swallows = false } = behaviour();
    if (swallows) return;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      later(() => {
        if (to.writable && !to.write(piece)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
        passed += piece.length;
        if (resetAfterBytes !== undefined && passed >= resetAfterBytes) from.resetAndDestroy();
      });
    }
  });
  from.on("end", () => {
    if (behaviour().swallows !== true) later(() => to.end());
  });
}
