import { statedKey, type RelayedMessage } from "../amqp/index.ts";
import { messageOf, XqbusError } from "../errors.ts";
import type { Route } from "./route.ts";

/** Reads the key of a message. Never throws. */
export type KeyOf = (message: Pick<RelayedMessage, "event" | "properties">) => string | undefined;

/** From one word about a route to the next. */
const TELL_EVERY_MS = 60_000;

/** The keys of routes with order. One that cannot be read is none: its copy goes at once, as an event that waits for it would wait for ever. */
export class RouteKeys {
  readonly #onProblem: (error: XqbusError) => void;
  readonly #now: () => number;
  readonly #toldAt: Map<string, number> = new Map();

  /**
   * @param onProblem hears of each route with `xqbus:unreadable-key`, at most once a minute
   * @param now ms, never backwards
   */
  constructor(onProblem: (error: XqbusError) => void, now: () => number = () => performance.now()) {
    this.#onProblem = onProblem;
    this.#now = now;
  }

  of(route: Route): KeyOf {
    const read = readerOf(route);
    return (message) => {
      try {
        return read(message);
      } catch (error) {
        this.#tell(route.name, message.properties.messageId, error);
        return undefined;
      }
    };
  }

  /** The route is gone. */
  forget(name: string): void {
    this.#toldAt.delete(name);
  }

  #tell(route: string, messageId: string | undefined, error: unknown): void {
    const now = this.#now();
    if (now - (this.#toldAt.get(route) ?? -Infinity) < TELL_EVERY_MS) return;
    this.#toldAt.set(route, now);
    const which = messageId === undefined ? "an event without message id" : `the event ${messageId.slice(0, 200)}`;
    this.#onProblem(
      new XqbusError(
        "xqbus:unreadable-key",
        `orderBy of the route ${route} gives no key for ${which}, which goes without order: ${messageOf(error)}`,
        { cause: error },
      ),
    );
  }
}

/** Gives keys, or throws; also where a daemon of a later release has accepted what does not compile here. */
function readerOf({ orderBy, defaultElementNamespace }: Route): KeyOf {
  if (orderBy === undefined) return () => undefined;
  try {
    return statedKey(orderBy, defaultElementNamespace);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
