import { messageOf } from "../errors.ts";
import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { CertificateError } from "./errors.ts";
import type { Pem, TlsOptions } from "./options.ts";

/**
 * The TLS material of a connection.
 *
 * @throws CertificateError naming the option (`tls.ca`, `tls.cert`, `tls.key`) that cannot be used
 */
export function secureContextOf(tls: TlsOptions): SecureContext {
  if (tls.cert !== undefined && tls.key === undefined) throw new CertificateError("option tls.cert needs tls.key");
  if (tls.key !== undefined && tls.cert === undefined) throw new CertificateError("option tls.key needs tls.cert");
  const { ca, cert, key, passphrase } = tls;
  // Node ignores authorities it cannot read and then trusts nobody; the error would blame the broker's certificate.
  if (ca !== undefined) attempt("tls.ca", () => listOf(ca).map((one) => new X509Certificate(one)));
  if (cert !== undefined) attempt("tls.cert", () => createSecureContext({ cert: listOf(cert) }));
  const options: SecureContextOptions = { minVersion: "TLSv1.2" };
  if (ca !== undefined) options.ca = listOf(ca);
  if (cert !== undefined) options.cert = listOf(cert);
  if (key !== undefined)
    options.key = listOf(key).map((pem) => ({ pem, ...(passphrase === undefined ? {} : { passphrase }) }));
  return attempt("tls.key or tls.passphrase", () => createSecureContext(options));
}

function listOf(pem: Pem): (string | Buffer)[] {
  return typeof pem === "string" || Buffer.isBuffer(pem) ? [pem] : [...pem];
}

function attempt<T>(option: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new CertificateError(`option ${option} cannot be used (${reason}); it must be PEM text`, { cause });
  }
}
