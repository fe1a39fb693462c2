import { isIP } from "node:net";

/** Whether a host name or address, as it is listened on, is reached from this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}

/** The name in a header `Host` or in the authority of a URL, without port and brackets. */
export function hostNameOf(authority: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(authority)?.[1] ?? authority.replace(/:\d+$/, "");
}
