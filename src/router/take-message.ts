import {
  deliveryCountOf,
  readRelayed,
  type IncomingDelivery,
  type RelayedMessage,
  type RepeatedDeliveries,
} from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";

/** What reading a message needs. */
export interface TakeParts {
  readonly catalog: Catalog;
  /** Looks at each event. */
  readonly repeated: RepeatedDeliveries;
  /** Hears of messages that carry no event. */
  readonly onProblem: (error: XqbusError) => void;
}

/** A broker without a place for rejected messages delivers them again; after so many times they are accepted to be rid of them. */
const MAX_DELIVERIES = 5;

/**
 * Reads a message of the bus; one that carries no event is rejected, as a consumer would do.
 *
 * @returns undefined: it has its outcome
 */
export function takeMessage(
  incoming: IncomingDelivery,
  { catalog, repeated, onProblem }: TakeParts,
): RelayedMessage | undefined {
  if (incoming.fault === "aborted") {
    incoming.accept();
    return undefined;
  }
  try {
    if (incoming.fault === "too-large") {
      throw new XqbusError(
        "xqbus:limit-exceeded",
        "a message is larger than the router takes (option maxMessageBytes)",
      );
    }
    const message = readRelayed(incoming.message, { catalog });
    repeated.see(message.properties);
    return message;
  } catch (error) {
    onProblem(error as XqbusError);
    if (deliveryCountOf(incoming.message) >= MAX_DELIVERIES) incoming.accept();
    else incoming.reject((error as XqbusError).code, (error as XqbusError).message);
    return undefined;
  }
}
