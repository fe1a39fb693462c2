import { domainToASCII } from "node:url";

/**
 * The addresses as mail servers name them, each once: domains of other scripts in their form of ASCII (RFC 5890, section 2.3.2.1), as the
 * mail client sends them, so that what a server says of a recipient is found again.
 */
export function mailboxesOf(addresses: readonly string[]): readonly string[] {
  const mailboxes = new Map<string, string>();
  for (const address of addresses.map(mailboxOf)) {
    const key = address.toLowerCase();
    if (!mailboxes.has(key)) mailboxes.set(key, address);
  }
  return [...mailboxes.values()];
}

/** @returns without a domain when that is no name */
function mailboxOf(address: string): string {
  if (/^[\x21-\x7e]*$/u.test(address)) return address;
  const at = address.lastIndexOf("@") + 1;
  return `${address.slice(0, at)}${domainToASCII(address.slice(at))}`;
}

/** Whether the domain of an address can be one. */
export function hasDomain(address: string): boolean {
  return !mailboxOf(address).endsWith("@");
}
