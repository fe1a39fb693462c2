import type { JavaSettings } from "./java-product.ts";
import { ADMIN, DOMAIN, UMLAUT_USER } from "./running-broker.ts";

/** What the embedding programs of ours read: a Java properties file with ports, users and certificate. */
export function javaProperties(
  { port, tlsPort, tls, durable }: JavaSettings,
  more: Readonly<Record<string, string>> = {},
): string {
  const settings: Readonly<Record<string, string | number | boolean | undefined>> = {
    port,
    durable,
    topic: DOMAIN,
    ...Object.fromEntries([ADMIN, UMLAUT_USER].map(({ name, password }) => [`user.${name}`, password])),
    ...(tls && {
      "tls.port": tlsPort,
      "tls.certificate": tls.certificates,
      "tls.key": tls.key,
      "tls.key.algorithm": tls.algorithm,
    }),
    ...more,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  return lines.join("");
}
