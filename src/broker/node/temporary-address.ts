import { randomUUID } from "node:crypto";

/** No other address begins like that: a topic with such an address exists only when the broker made it. */
const PREFIX = "xqbus:temporary:";

/** An address that nobody can guess. */
export function temporaryAddress(): string {
  return `${PREFIX}${randomUUID()}`;
}

/** Whether the address is of a topic that the broker made for a client. */
export function isTemporary(address: string): boolean {
  return address.startsWith(PREFIX);
}
