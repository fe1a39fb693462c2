import type { AmqpError } from "./protocol-fault.ts";
import type { RheaTyped } from "./rhea-internals.ts";

/** UTF-16 code units of an address. */
const MAX_ADDRESS_LENGTH = 1024;

const COORDINATOR = 0x30;
/** Places of fields in a source and in a target (AMQP 1.0, part 3.5.3 and 3.5.4); a target ends before the filter. */
const ADDRESS = 0;
const DYNAMIC = 4;
/** durable, expiry-policy, timeout, filter: what a client may ask for and this broker does not do. */
const UNSUPPORTED: readonly number[] = [1, 2, 3, 7];

/** What the source or target of an attach asks for. */
export type TerminusRequest =
  { readonly kind: "topic"; readonly address: string } | { readonly kind: "refused"; readonly error: AmqpError };

/** Whether a target is a transaction coordinator (AMQP 1.0, part 4.5.1). */
export function isCoordinator(terminus: RheaTyped | null | undefined): boolean {
  return terminus?.descriptor?.value === COORDINATOR;
}

/** Reads the address of the terminus that is at the broker's end of a link. */
export function readTerminus(terminus: RheaTyped | null | undefined, what: "source" | "target"): TerminusRequest {
  if (isCoordinator(terminus)) {
    return refused("amqp:not-implemented", "this broker has no transactions: the target must be an address");
  }
  if (terminus?.descriptor === undefined || !Array.isArray(terminus.value)) {
    return refused("amqp:invalid-field", `the attach has no ${what}; expected one with an address`);
  }
  const fields = terminus.value as readonly (RheaTyped | undefined)[];
  if (fields[DYNAMIC]?.value === true || fields[DYNAMIC]?.value === 1) {
    return refused("amqp:not-implemented", `a dynamic ${what} is not supported; give an address of your own choice`);
  }
  const address = fields[ADDRESS]?.value;
  if (address === undefined || address === null || address === "") {
    return refused("amqp:not-found", `the ${what} has no address; expected the name of a topic, such as org.clacks`);
  }
  if (typeof address !== "string" || address.length > MAX_ADDRESS_LENGTH) {
    return refused("amqp:invalid-field", `the address must be a string of at most ${MAX_ADDRESS_LENGTH} characters`);
  }
  return { kind: "topic", address };
}

/** The terminus as the answer repeats it: without what the broker does not do, so that a client can tell. */
export function supportedPart(terminus: RheaTyped): RheaTyped {
  if (!Array.isArray(terminus.value)) return terminus;
  const value = (terminus.value as readonly unknown[]).map((field, i) => (UNSUPPORTED.includes(i) ? undefined : field));
  return Object.assign(Object.create(Object.getPrototypeOf(terminus) as object) as RheaTyped, terminus, { value });
}

function refused(condition: AmqpError["condition"], description: string): TerminusRequest {
  return { kind: "refused", error: { condition, description } };
}
