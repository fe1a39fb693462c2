import { createPrivateKey } from "node:crypto";

/** A certificate chain and its private key in the one form that every Java broker reads. */
export interface ServerCertificate {
  /** PEM, the server's own certificate first. */
  readonly cert: string;
  /** PEM of PKCS #8 (RFC 5958), not encrypted. */
  readonly key: string;
  /** The key's algorithm by its Java name. */
  readonly algorithm: "RSA" | "EC" | "EdDSA";
}

/** Rewrites the older key forms (`BEGIN RSA PRIVATE KEY`, `BEGIN EC PRIVATE KEY`) as PKCS #8. */
export function serverCertificate({ cert, key }: { readonly cert: string; readonly key: string }): ServerCertificate {
  const parsed = createPrivateKey(key);
  const type = parsed.asymmetricKeyType;
  return {
    cert,
    key: parsed.export({ type: "pkcs8", format: "pem" }).toString(),
    algorithm: type === "rsa" ? "RSA" : type === "ec" ? "EC" : "EdDSA",
  };
}
