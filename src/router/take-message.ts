import { deliveryCountOf, readRelayed, type IncomingDelivery, type RelayedMessage } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";

/** A broker without a place for rejected messages delivers them again; after so many times they are accepted to be rid of them. */
const MAX_DELIVERIES = 5;

/**
 * Reads a message of the bus; one that carries no event is rejected, as a consumer would do.
 *
 * @returns undefined: it has its outcome
 */
export function takeMessage(
  incoming: IncomingDelivery,
  catalog: Catalog,
  onInvalid: (error: XqbusError) => void,
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
    return readRelayed(incoming.message, { catalog });
  } catch (error) {
    onInvalid(error as XqbusError);
    if (deliveryCountOf(incoming.message) >= MAX_DELIVERIES) incoming.accept();
    else incoming.reject((error as XqbusError).code, (error as XqbusError).message);
    return undefined;
  }
}
