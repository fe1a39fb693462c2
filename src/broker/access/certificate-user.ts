import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { ResolvedAccess } from "./access-options.ts";

/** Whether a client has shown a certificate that the broker accepts. */
export function hasCertificate(socket: Duplex): boolean {
  return socket instanceof TLSSocket && socket.authorized && Object.keys(socket.getPeerCertificate()).length > 0;
}

/** The user that a client's certificate stands for; undefined when it stands for none. */
export function certificateUser(socket: Duplex, externalUsers: ResolvedAccess["externalUsers"]): string | undefined {
  if (externalUsers === undefined || !(socket instanceof TLSSocket) || !hasCertificate(socket)) return undefined;
  const subject = socket.getPeerCertificate().subject as unknown as Readonly<Record<string, string | string[]>>;
  const commonName = subject["CN"];
  // Several names would leave the choice to whoever asked for the certificate.
  if (typeof commonName !== "string") return undefined;
  if (externalUsers === "common-name") return commonName;
  const users = new Map(Object.entries(externalUsers));
  return users.get(distinguishedName(subject)) ?? users.get(commonName);
}

/** A subject as `CN=robot,OU=Tests,O=Clacks`: the most special part first (RFC 4514, section 2.1). */
function distinguishedName(subject: Readonly<Record<string, string | string[]>>): string {
  return Object.entries(subject)
    .flatMap(([type, values]) => [values].flat().map((value) => `${type}=${escaped(value)}`))
    .toReversed()
    .join(",");
}

/** RFC 4514, section 2.4. */
function escaped(value: string): string {
  return value.replace(/[,+"\\<>;]|^[ #]| $/g, "\\$&");
}
