import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** PEM texts for a TLS test: two authorities, and what the first of them signed. */
export interface Certificates {
  /** File with `ca`. */
  readonly caFile: string;
  /** Certificate of the authority that signed the others. */
  readonly ca: string;
  /** For localhost and 127.0.0.1. */
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** Certificate of an authority that signed none of them. */
  readonly otherCa: string;
}

/**
 * Makes certificates in `dir` with the program openssl. They are valid for two days.
 *
 * @throws Error of the process when openssl is missing or fails
 */
export function makeCertificates(dir: string): Certificates {
  makeAuthority(dir, "ca", "xqbus test authority");
  makeAuthority(dir, "other-ca", "another authority");
  sign(dir, "server", "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
  sign(dir, "client", "test client", "extendedKeyUsage=clientAuth\n");
  const read = (name: string): string => readFileSync(join(dir, name), "utf8");
  return {
    caFile: join(dir, "ca.pem"),
    ca: read("ca.pem"),
    serverCert: read("server.pem"),
    serverKey: read("server.key"),
    clientCert: read("client.pem"),
    clientKey: read("client.key"),
    otherCa: read("other-ca.pem"),
  };
}

const NEW_KEY: readonly string[] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function makeAuthority(dir: string, name: string, commonName: string): void {
  openssl(dir, [
    ...["req", "-x509", ...NEW_KEY, "-days", "2", "-subj", `/CN=${commonName}`],
    ...["-keyout", `${name}.key`, "-out", `${name}.pem`],
  ]);
}

function sign(dir: string, name: string, commonName: string, extensions: string): void {
  openssl(dir, [
    ...["req", "-new", ...NEW_KEY, "-subj", `/CN=${commonName}`],
    ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
  ]);
  writeFileSync(join(dir, `${name}.ext`), extensions);
  openssl(dir, [
    ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
    ...["-days", "2", "-extfile", `${name}.ext`, "-out", `${name}.pem`],
  ]);
}

function openssl(dir: string, args: readonly string[]): void {
  execFileSync("openssl", args, { cwd: dir, stdio: ["ignore", "ignore", "pipe"] });
}
