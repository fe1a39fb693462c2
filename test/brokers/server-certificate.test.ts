import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { serverCertificate } from "./server-certificate.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const ed25519 = generateKeyPairSync("ed25519").privateKey;

it.each([
  { title: "RSA in its old form", pem: rsa.export({ type: "pkcs1", format: "pem" }), key: rsa, algorithm: "RSA" },
  { title: "RSA", pem: rsa.export({ type: "pkcs8", format: "pem" }), key: rsa, algorithm: "RSA" },
  { title: "EC in its old form", pem: ec.export({ type: "sec1", format: "pem" }), key: ec, algorithm: "EC" },
  { title: "EC", pem: ec.export({ type: "pkcs8", format: "pem" }), key: ec, algorithm: "EC" },
  { title: "Ed25519", pem: ed25519.export({ type: "pkcs8", format: "pem" }), key: ed25519, algorithm: "EdDSA" },
])("a key of the kind $title becomes PKCS #8 for Java", ({ pem, key, algorithm }) => {
  const certificate = serverCertificate({ cert: "the chain", key: pem.toString() });
  expect(certificate).toMatchObject({ cert: "the chain", algorithm });
  expect(certificate.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(createPrivateKey(certificate.key).equals(key)).toBe(true);
});
