import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hashPassword, startBroker } from "../../../src/broker/index.ts";
import type { Broker, BrokerOptions, PasswordHash } from "../../../src/broker/index.ts";
import { makeCertificates } from "../../helpers/certificates.ts";
import type { Certificates } from "../../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../../helpers/requirements.ts";
import { AMQP_HEADER, frames, OPEN, RawClient, SASL_HEADER } from "../raw-client.ts";
import { mechanism, plain, RheaClient } from "../rhea-client.ts";
import { scram } from "./scram-client.ts";

const FAILED = { condition: "amqp:unauthorized-access", message: "Failed to authenticate: 1" };
const THROTTLED = { message: "Failed to authenticate: 4" };

let broker: Broker;
let hash: PasswordHash;

beforeAll(async () => {
  hash = await hashPassword("right", { iterations: 4096 });
});

afterEach(async () => {
  await broker.close();
});

async function start(options: BrokerOptions): Promise<void> {
  broker = await startBroker(options);
}

/** Logs in and out; rejects as the broker refuses. */
async function logIn(mechanisms: object, options: object = {}): Promise<void> {
  const client = await RheaClient.connect(`amqp://127.0.0.1:${broker.port}`, {
    sasl_mechanisms: mechanisms,
    ...options,
  });
  await client.close();
}

/** What the broker offers to a client without TLS. */
async function offered(): Promise<readonly string[]> {
  const client = await RawClient.connect(broker);
  client.write(SASL_HEADER);
  client.socket.end();
  return (await client.closed).toString("latin1").match(/[A-Z][A-Z0-9-]{4,}/g) ?? [];
}

describe.each(["a password", "a hash"])("A user with %s", (kind) => {
  const users = (): NonNullable<BrokerOptions["users"]> => ({
    ada: kind === "a hash" ? hash : "right",
    "b,=ö": "other",
  });

  it.each([
    ["PLAIN", plain("\0ada\0right")],
    ["PLAIN, acting as herself", plain("ada\0ada\0right")],
    ["SCRAM-SHA-256", scram("ada", "right")],
    ["SCRAM-SHA-256, acting as herself", scram("ada", "right", { header: "n,a=ada," })],
    ["SCRAM-SHA-256, with a client that knows channel binding", scram("ada", "right", { header: "y,," })],
    ["SCRAM-SHA-256, with a name that needs escapes", scram("b,=ö", "other")],
  ])("logs in with %s", async (_, mechanisms) => {
    await start({ users: users() });
    for (let i = 0; i < 3; i++) await logIn(mechanisms);
    expect(broker.counts.failedLogins).toBe(0);
  });

  it.each([
    ["a wrong password with PLAIN", plain("\0ada\0wrong")],
    ["an unknown name with PLAIN", plain("\0eve\0right")],
    ["somebody else's authorization with PLAIN", plain("eve\0ada\0right")],
    ["a wrong password with SCRAM", scram("ada", "wrong")],
    ["an unknown name with SCRAM", scram("eve", "right")],
    ["somebody else's authorization with SCRAM", scram("ada", "right", { header: "n,a=eve," })],
    ["another nonce", scram("ada", "right", { changeUnsigned: (unsigned) => `${unsigned}x` })],
    [
      "another channel binding",
      scram("ada", "right", { changeUnsigned: (unsigned) => unsigned.replace("biws", "eSws") }),
    ],
    ["no proof", scram("ada", "right", { changeFinal: (final) => final.replace(/,p=.*/, "") })],
    ["a proof that is too short", scram("ada", "right", { changeFinal: (final) => final.replace(/p=.*/, "p=AAAA") })],
  ])("is not let in with %s", async (_, mechanisms) => {
    await start({ users: users() });
    await expect(logIn(mechanisms)).rejects.toMatchObject(FAILED);
    expect(broker.counts).toMatchObject({ failedLogins: 1, connections: 0, faults: 0 });
  });
});

describe("A login that takes its time", () => {
  it("may come in one piece with what follows it", async () => {
    await start({ users: { ada: hash } });
    const client = await RawClient.connect(broker);
    const init = saslFrame(frames.sasl_init({ mechanism: "PLAIN", initial_response: Buffer.from("\0ada\0right") }));
    client.write(SASL_HEADER, init, AMQP_HEADER, OPEN, frames.write_frame(frames.amqp_frame(0, frames.close({}))));
    expect((await client.closed).toString("latin1")).toContain("xqbus");
    expect(broker.counts).toMatchObject({ failedLogins: 0, faults: 0 });
  });

  it("is one attempt, however many are sent", async () => {
    await start({ users: { ada: hash } });
    const client = await RawClient.connect(broker);
    const init = (password: string): Buffer =>
      saslFrame(frames.sasl_init({ mechanism: "PLAIN", initial_response: Buffer.from(`\0ada\0${password}`) }));
    client.write(SASL_HEADER, init("wrong"), init("right"), AMQP_HEADER, OPEN);
    expect((await client.closed).toString("latin1")).not.toContain("xqbus");
    expect(broker.counts).toMatchObject({ failedLogins: 1, connections: 0 });
  });

  it("does not outlive a client that has gone, and not the broker", async () => {
    await start({ users: { ada: await hashPassword("right", { iterations: 400_000 }) } });
    const client = await RawClient.connect(broker);
    const init = saslFrame(frames.sasl_init({ mechanism: "PLAIN", initial_response: Buffer.from("\0ada\0right") }));
    client.write(SASL_HEADER, init);
    await client.received("PLAIN");
    client.socket.destroy();
    await broker.close();
    expect(broker.counts.connections).toBe(0);
  });
});

describe("The mechanisms", () => {
  it.each<readonly [string, BrokerOptions, readonly string[]]>([
    ["by default", {}, ["SCRAM-SHA-256", "PLAIN"]],
    ["with anonymous", { anonymous: true }, ["SCRAM-SHA-256", "PLAIN", "ANONYMOUS"]],
    ["that are named", { mechanisms: ["SCRAM-SHA-256"] }, ["SCRAM-SHA-256"]],
    ["that are named in another order", { mechanisms: ["PLAIN", "SCRAM-SHA-256"] }, ["SCRAM-SHA-256", "PLAIN"]],
  ])("that are offered %s", async (_, options, names) => {
    await start(options);
    expect(await offered()).toEqual(names);
  });

  it("that are not offered are refused", async () => {
    await start({ users: { ada: "right" }, mechanisms: ["SCRAM-SHA-256"] });
    const client = await RawClient.connect(broker);
    client.write(
      SASL_HEADER,
      saslFrame(frames.sasl_init({ mechanism: "PLAIN", initial_response: Buffer.from("\0ada\0right") })),
    );
    await client.closed;
    expect(broker.counts).toMatchObject({ failedLogins: 1, connections: 0 });
  });

  it("ask for a response that did not come with the choice", async () => {
    await start({ users: { ada: "right" } });
    const client = await RawClient.connect(broker);
    client.write(SASL_HEADER, saslFrame(frames.sasl_init({ mechanism: "PLAIN" })));
    // An empty challenge.
    await client.received("\x00\x53\x42");
    client.write(saslFrame(frames.sasl_response({ response: Buffer.from("\0ada\0right") })), AMQP_HEADER, OPEN);
    await client.received("xqbus");
    client.socket.destroy();
    expect(broker.counts.failedLogins).toBe(0);
  });

  it.each<readonly [string, BrokerOptions, RegExp]>([
    ["none of them", { mechanisms: [] }, /^mechanisms is empty; expected at least one$/],
    ["an unknown one", { mechanisms: ["X"] as never }, /^mechanisms has "X"; expected some of SCRAM-SHA-256, PLAIN \(/],
    ["ANONYMOUS alone", { mechanisms: ["ANONYMOUS"] }, /^mechanisms has "ANONYMOUS"; expected some of/],
    ["EXTERNAL without users", { mechanisms: ["EXTERNAL"] }, /^mechanisms has "EXTERNAL"; expected some of/],
    ["EXTERNAL without certificates", { externalUsers: "common-name" }, /^externalUsers is given and clients are not/],
    [
      "a limit of failures that is none",
      { maxFailedLogins: 0 },
      /^maxFailedLogins is 0; expected a whole number from 1/,
    ],
    ["a user named *", { users: { "*": "x" } }, /^the user name "\*" has a meaning of its own in rules; expected/],
    ["a user named anonymous", { users: { anonymous: "x" } }, /^the user name "anonymous" has a meaning of its own/],
    ["a user with a line end", { users: { "a\nb": "x" } }, /^the user name "a\\nb" has control characters or other/],
    ["a user with a blank at the end", { users: { "a ": "x" } }, /^the user name "a " begins or ends with white space/],
    ["a user in another normal form", { users: { "u\u0308": "x" } }, /is not in the normalization form C of Unicode/],
    ["a long user name", { users: { ["x".repeat(256)]: "x" } }, /has 256 characters; at most 255; expected a name/],
  ])("cannot be %s", async (_, options, message) => {
    await start({});
    await expect(startBroker(options)).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: expect.stringMatching(message) as string,
    });
  });
});

describe("Many failed logins", () => {
  it("make further ones of the user fail for a while, with any password, and nobody else's", async () => {
    await start({ users: { ada: hash, bob: "right" }, maxFailedLogins: 3 });
    for (let i = 0; i < 3; i++) await expect(logIn(plain("\0ada\0wrong"))).rejects.toMatchObject(FAILED);
    await expect(logIn(plain("\0ada\0right"))).rejects.toMatchObject(THROTTLED);
    await expect(logIn(scram("ada", "right"))).rejects.toMatchObject(THROTTLED);
    await logIn(plain("\0bob\0right"));
    expect(broker.counts.failedLogins).toBe(5);
  });

  it("of unknown users close the door of an address", async () => {
    await start({ users: { ada: "right" }, maxFailedLogins: 1 });
    for (let i = 0; i < 10; i++) await expect(logIn(plain(`\0user${i}\0x`))).rejects.toMatchObject(FAILED);
    await expect(logIn(plain("\0ada\0right"))).rejects.toMatchObject(THROTTLED);
  });
});

describeWith([OPENSSL], "A client certificate", () => {
  let directory: string;
  let certificates: Certificates;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "xqbus-external-"));
    certificates = makeCertificates(directory);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function startTls(options: BrokerOptions, requestCert = true): Promise<void> {
    const { serverCert: cert, serverKey: key, ca } = certificates;
    await start({
      host: "localhost",
      tls: { cert, key, ca, requestCert },
      users: { "test client": "x", ada: "y" },
      ...options,
    });
  }

  function external(response: string): Promise<void> {
    const { ca, clientCert: cert, clientKey: key } = certificates;
    const options = { transport: "tls", host: "localhost", ca, cert, key };
    return logIn({ EXTERNAL: () => mechanism(response) }, options);
  }

  it.each<readonly [string, BrokerOptions, string]>([
    ["of the common name", { externalUsers: "common-name" }, ""],
    ["of the common name, acting as itself", { externalUsers: "common-name" }, "test client"],
    ["that its common name stands for", { externalUsers: { "test client": "ada" } }, "ada"],
    ["that its subject stands for", { externalUsers: { "CN=test client": "ada" } }, "ada"],
  ])("logs the user in %s", async (_, options, response) => {
    await startTls(options);
    await external(response);
    expect(broker.counts.failedLogins).toBe(0);
  });

  it.each<readonly [string, BrokerOptions, string]>([
    ["that no user has", { externalUsers: "common-name", users: { ada: "x" } }, ""],
    ["that stands for nobody", { externalUsers: { "somebody else": "ada" } }, ""],
    ["that stands for an unknown user", { externalUsers: { "test client": "eve" } }, ""],
    ["that stands for somebody else than is asked for", { externalUsers: "common-name" }, "ada"],
  ])("does not log in with a name %s", async (_, options, response) => {
    await startTls(options);
    await expect(external(response)).rejects.toMatchObject(FAILED);
  });

  it("is no login where the mechanism is not offered", async () => {
    await startTls({});
    await expect(external("")).rejects.toThrow(/no suitable mechanism/i);
  });
});

function saslFrame(performative: object): Buffer {
  return frames.write_frame(frames.sasl_frame(performative));
}
