import { createSecureContext, createServer } from "node:tls";
import type { SecureContextOptions, Server } from "node:tls";
import { messageOf, XqbusError } from "../errors.ts";
import type { BrokerTlsOptions } from "./broker.ts";

/** @throws XqbusError `xqbus:invalid-certificate` */
export function tlsServer(options: BrokerTlsOptions, handshakeTimeoutMs: number): Server {
  const { requestCert = false } = options;
  return createServer({
    ...checkedContext(options),
    ...{ requestCert, rejectUnauthorized: requestCert, handshakeTimeout: handshakeTimeoutMs, noDelay: true },
  });
}

/**
 * Other certificates for the handshakes from now on.
 *
 * @throws XqbusError `xqbus:invalid-certificate`; then everything stays as it was
 */
export function changeCertificates(server: Server, options: BrokerTlsOptions): void {
  server.setSecureContext(checkedContext(options));
}

/** Tried first, because a server keeps the half of a pair that does not fit. */
function checkedContext({ cert, key, ca }: BrokerTlsOptions): SecureContextOptions {
  const options = { cert, key, ...(ca === undefined ? {} : { ca: ca as string | Buffer | (string | Buffer)[] }) };
  try {
    createSecureContext(options);
    return options;
  } catch (error) {
    throw new XqbusError(
      "xqbus:invalid-certificate",
      `the broker's certificate or key cannot be used (${messageOf(error)}); ` +
        "expected PEM texts that belong together",
      { cause: error },
    );
  }
}
