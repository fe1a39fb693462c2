import type { XqbusError } from "../errors.ts";
import type { BusConnection } from "./connection.ts";
import { inWords, peerError } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import type { Terminus } from "./dialects/index.ts";
import { RefusedError, TimeoutError } from "./errors.ts";
import { PendingSends } from "./pending-sends.ts";
import { REFUSAL_DEFAULTS } from "./publisher-options.ts";
import { isAttached } from "./rhea-internals.ts";
import { SendStallWatch } from "./send-stall-watch.ts";
import { openSender, portOf } from "./sender-link.ts";

/** What a link tells, and when it gives up. */
export interface SideLinkOptions {
  /** Is called when the broker does not let us send any more. */
  readonly onClosed: () => void;
  /** Messages that wait for credit fail when the node takes and answers nothing for so long, in ms. Default: never. */
  readonly creditTimeoutMs?: number;
}

/** A sender beside the link that a connection is there for: its end is not the end of the connection. */
export class SideLink {
  readonly #sends: PendingSends = new PendingSends(REFUSAL_DEFAULTS);
  #stopWatching: () => void = () => undefined;
  #detach: () => void = () => undefined;

  /**
   * Attaches to a node.
   *
   * @throws RefusedError there is no such address, or this user may not send to it; the error of a connection that is lost
   */
  static async attach(
    connection: BusConnection,
    target: Terminus,
    { onClosed, creditTimeoutMs = Infinity }: SideLinkOptions,
  ): Promise<SideLink> {
    const link = new SideLink();
    const watch = new SendStallWatch(creditTimeoutMs, link.#sends, ({ message }) => {
      link.#sends.rejectWaiting(new TimeoutError(`nothing is sent to "${target.address}": ${message}`));
    });
    const sender = openSender(connection, target);
    const port = portOf(sender, link.#sends);
    await new Promise<void>((resolve, reject) => {
      const forget = connection.onLost((error) => {
        watch.stop();
        link.#sends.close(error, error);
        reject(error);
      });
      sender.on("sender_open", () => {
        if (isAttached(sender)) resolve();
      });
      sender.on("sender_close", () => {
        forget();
        watch.stop();
        onClosed();
        const error = peerError(sender.error);
        const refused = new RefusedError(
          `the broker at ${connection.place} does not let us send to "${target.address}": ${inWords(error)}`,
          error,
        );
        link.#sends.close(refused, refused);
        reject(refused);
      });
    });
    link.#sends.attach(port);
    // The broker may have detached it in the same breath.
    if (link.#sends.closed === undefined) watch.start();
    link.#stopWatching = () => watch.stop();
    link.#detach = () => sender.close();
    return link;
  }

  /**
   * Sends an encoded message; resolves when the broker has accepted it.
   *
   * @throws what {@link PendingSends.send} does
   */
  send(message: Buffer, deadline: Deadline): Promise<void> {
    return this.#sends.send(message, deadline);
  }

  /** Gives the link back, on which nothing is under way. */
  close(): void {
    this.#stopWatching();
    this.#detach();
  }

  /** The connection is not used any more, and perhaps nobody says so: what is under way fails. */
  abandon(error: XqbusError): void {
    this.#stopWatching();
    this.#sends.close(error, error);
  }
}
