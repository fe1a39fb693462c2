import type { BusConnection } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import { NotConnectedError } from "./errors.ts";
import { SideLink } from "./side-link.ts";

/** The links by which a consumer sends what it puts aside: one for each address, made when it is needed, on the connection of the moment. */
export class SideLinks {
  readonly #timeoutMs: number;
  #connection: BusConnection | undefined;
  readonly #links: Map<string, Promise<SideLink>> = new Map();

  /** @param timeoutMs bounds each sending */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Links are made on this connection from now on; undefined: there is none. What was under way on the one before fails. */
  use(connection: BusConnection | undefined): void {
    this.#connection = connection;
    this.#links.clear();
  }

  /**
   * Sends an encoded message; resolves when the broker has accepted it.
   *
   * @throws NotConnectedError, RefusedError, TimeoutError
   */
  async send(address: string, message: Buffer): Promise<void> {
    const deadline = new Deadline(`sending to "${address}"`, { timeoutMs: this.#timeoutMs, option: "timeoutMs" });
    try {
      const link = await deadline.race(this.#linkTo(address));
      await link.send(message, deadline);
    } finally {
      deadline.stop();
    }
  }

  #linkTo(address: string): Promise<SideLink> {
    const connection = this.#connection;
    if (connection === undefined) {
      return Promise.reject(new NotConnectedError(`nothing can be sent to "${address}": there is no connection now`));
    }
    let link = this.#links.get(address);
    if (link === undefined) {
      // The next message tries it anew.
      link = SideLink.attach(connection, address, () => this.#links.delete(address));
      this.#links.set(address, link);
    }
    return link;
  }
}
