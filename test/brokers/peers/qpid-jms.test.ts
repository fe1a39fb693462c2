import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hashPassword, startBroker } from "../../../src/broker/index.ts";
import { makeCertificates } from "../../helpers/certificates.ts";
import { describeWith, findJava, JAVA, MAVEN, OPENSSL } from "../../helpers/requirements.ts";
import { javaLibraries, runTool } from "../java-parts.ts";

const FETCH_TIMEOUT_MS = 600_000;
const RUN_TIMEOUT_MS = 50_000;

describeWith([JAVA, MAVEN, OPENSSL], "Apache qpid-jms", () => {
  let jars: string;
  let directory: string;

  /** The lines that a program printed. */
  async function jms(program: string, args: readonly string[]): Promise<readonly string[]> {
    const all = ["-cp", join(jars, "*"), join(import.meta.dirname, program), ...args];
    return (await runTool(findJava()?.java ?? "java", all, RUN_TIMEOUT_MS)).trim().split("\n");
  }

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "xqbus-jms-"));
    jars = await javaLibraries("qpid-jms", import.meta.dirname, FETCH_TIMEOUT_MS);
  }, FETCH_TIMEOUT_MS);

  it("works with the embedded broker", async () => {
    await using broker = await startBroker({ users: { admin: "secret" } });
    const printed = await jms("JmsPeer.java", [`amqp://127.0.0.1:${broker.port}`, "admin", "secret"]);
    expect(printed).toEqual([
      "message",
      "long message",
      "recovered message",
      "reply to a temporary queue",
      "order",
      "nothing more",
      "close",
    ]);
    expect(broker.counts.faults).toBe(0);
  });

  it("subscribes, selects and browses in all ways of JMS", async () => {
    await using broker = await startBroker({ users: { admin: "secret" } });
    const printed = await jms("JmsSubscriptions.java", [`amqp://127.0.0.1:${broker.port}`, "admin", "secret"]);
    expect(printed).toEqual([
      ...["durable subscription", "unsubscribed", "changed selector", "shared", "shared durable", "shared by all"],
      ...["unknown subscription", "selector", "wrong selector", "browser", "browser with selector", "nothing taken"],
      ...["delivery delay", "time to live", "no local", "close"],
    ]);
    expect(broker.counts.faults).toBe(0);
    expect(broker.management.subscriptions()).toEqual([]);
  });

  it("logs in with PLAIN, SCRAM-SHA-256 and ANONYMOUS", async () => {
    const users = { ada: await hashPassword("right"), "b,=c": "other" };
    await using broker = await startBroker({ users, anonymous: true });
    const url = (mechanism: string): string =>
      `amqp://127.0.0.1:${broker.port}?amqp.saslMechanisms=${mechanism}&jms.connectTimeout=10000`;
    const logins = [
      ["in", url("PLAIN"), "ada", "right"],
      ["refused", url("PLAIN"), "ada", "wrong"],
      ["in", url("SCRAM-SHA-256"), "ada", "right"],
      ["in", url("SCRAM-SHA-256"), "b,=c", "other"],
      ["refused", url("SCRAM-SHA-256"), "ada", "wrong"],
      ["in", url("ANONYMOUS"), "", ""],
    ];
    const printed = await jms(
      "JmsLogin.java",
      logins.flatMap(([, ...login]) => login),
    );
    expect(printed).toEqual(logins.map(([answer]) => answer));
    expect(broker.counts).toMatchObject({ faults: 0, failedLogins: 2 });
  });

  it("logs in with EXTERNAL, by its certificate", async () => {
    const { serverCert: cert, serverKey: key, ca } = makeCertificates(directory);
    const files = ["-inkey", "client.key", "-in", "client.pem", "-passout", "pass:secret", "-out", "client.p12"];
    execFileSync("openssl", ["pkcs12", "-export", ...files], { cwd: directory });
    const tls = { cert, key, ca, requestCert: true };
    const users = { ada: "x" };
    await using broker = await startBroker({ host: "localhost", tls, users, externalUsers: { "test client": "ada" } });
    const options = [
      ...["amqp.saslMechanisms=EXTERNAL", "transport.verifyHost=false", "transport.trustAll=true"],
      ...[`transport.keyStoreLocation=${join(directory, "client.p12")}`, "transport.keyStorePassword=secret"],
      "transport.keyStoreType=PKCS12",
    ];
    expect(await jms("JmsLogin.java", [`amqps://localhost:${broker.port}?${options.join("&")}`, "", ""])).toEqual([
      "in",
    ]);
    expect(broker.counts.faults).toBe(0);
  });
});
