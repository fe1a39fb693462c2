import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { JAVA, MAVEN, describeWith } from "../helpers/requirements.ts";
import { freePort } from "./free-port.ts";
import { isAlive } from "./is-alive.ts";
import { rheaClient } from "./rhea-client.ts";

const PATIENCE = { timeout: 20_000, interval: 20 };

/** The command in a process of its own, and what it has printed so far. */
interface Command {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
}

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** Without the launcher `tsx`, so that signals reach the command itself. */
function runCommand(...args: string[]): Command {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "cli.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { child, output };
}

describe("the command that starts a broker", () => {
  it.each([
    { title: "without arguments", args: [] },
    { title: "for a product that it does not know", args: ["start", "no-such-broker"] },
    { title: "with a certificate and no key", args: ["start", "activemq-classic", "--cert", "server.crt"] },
  ])("explains itself $title", async ({ args }) => {
    const { child, output } = runCommand(...args);
    const [status] = (await once(child, "close")) as [number];
    expect([status, output.stdout]).toEqual([2, ""]);
    expect(output.stderr).toContain(
      "usage: npx tsx test/brokers/cli.ts start qpid-broker-j|activemq-classic|artemis|rabbitmq [options]",
    );
  });
});

describeWith([JAVA, MAVEN], "a broker started by hand", () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "xqbus-by-hand-"));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** Starts ActiveMQ on a free port and waits for its URL; gives the process id of the broker itself, too. */
  async function startByHand(): Promise<Command & { readonly url: string; readonly brokerPid: number }> {
    const port = await freePort();
    const command = runCommand(
      "start",
      "activemq-classic",
      "--port",
      String(port),
      "--directory",
      directory,
      "--memory",
    );
    await vi.waitFor(() => expect(command.output.stderr).toMatch(/Ctrl-C ends it/), { ...PATIENCE, timeout: 600_000 });
    const url = `amqp://admin:secret@127.0.0.1:${port}/org.clacks`;
    expect(command.output.stdout).toBe(`${url}\n`);
    return { ...command, url, brokerPid: Number(/process (\d+)/.exec(command.output.stderr)?.[1]) };
  }

  it("prints its URL, serves there, and ends on Ctrl-C", { timeout: 600_000 }, async () => {
    const { child, url, brokerPid } = await startByHand();
    await (await rheaClient(url)).close();
    child.kill("SIGINT");
    const [status] = (await once(child, "close")) as [number];
    expect([status, isAlive(brokerPid)]).toEqual([0, false]);
  });

  it("ends even when the process that started it is killed", { timeout: 600_000 }, async () => {
    const { child, brokerPid } = await startByHand();
    expect(isAlive(brokerPid)).toBe(true);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(isAlive(brokerPid)).toBe(false), PATIENCE);
  });
});
