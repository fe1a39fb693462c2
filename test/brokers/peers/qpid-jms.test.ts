import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import { describeWith, findJava, JAVA, MAVEN } from "../../helpers/requirements.ts";
import { javaLibraries } from "../java-parts.ts";

const FETCH_TIMEOUT_MS = 600_000;
const RUN_TIMEOUT_MS = 50_000;

describeWith([JAVA, MAVEN], "Apache qpid-jms", () => {
  let jars: string;

  beforeAll(async () => {
    jars = await javaLibraries("qpid-jms", import.meta.dirname, FETCH_TIMEOUT_MS);
  }, FETCH_TIMEOUT_MS);

  it("works with the embedded broker", async () => {
    await using broker = await startBroker({ users: { admin: "secret" } });
    const args = ["-cp", join(jars, "*"), join(import.meta.dirname, "JmsPeer.java")];
    const login = [`amqp://127.0.0.1:${broker.port}`, "admin", "secret"];
    const java = findJava()?.java ?? "java";
    const { stdout } = await promisify(execFile)(java, [...args, ...login], { timeout: RUN_TIMEOUT_MS });
    expect(stdout.trim().split("\n")).toEqual([
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
});
