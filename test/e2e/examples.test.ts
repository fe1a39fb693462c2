import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { root } from "./command.ts";
import { runningExamples } from "./running-examples.ts";

const EVENT = `<Event xmlns="http://www.gonicus.de/Events">
  <PhoneStatus>
    <CallerId>012345</CallerId>
    <ReceiverId>12343424</ReceiverId>
    <Status>busy</Status>
  </PhoneStatus>
</Event>
`;

describe("the examples", () => {
  const { run, url } = runningExamples();

  it("send and receive the event of the seed, and the receiver ends with Ctrl-C", async () => {
    const receiver = run("receiver.ts", [url()]);
    await receiver.prints("listening\n");
    expect(await run("sender.ts", [url()]).ends()).toEqual({ code: 0, stdout: "sent\n", stderr: "" });
    await receiver.prints("</Event>");
    receiver.interrupt();
    expect(await receiver.ends()).toEqual({ code: 0, stdout: `listening\n${EVENT}`, stderr: "" });
  });

  it("iterate over three events and end", async () => {
    const iterator = run("iterate.ts", [url()]);
    await iterator.prints("listening\n");
    for (let i = 0; i < 3; i++) expect((await run("sender.ts", [url()]).ends()).code).toBe(0);
    const line = "org.clacks.event.PhoneStatus: 012345 is busy\n";
    expect(await iterator.ends()).toEqual({ code: 0, stdout: `listening\n${line.repeat(3)}`, stderr: "" });
  });

  it("do everything in one process, with an event type of their own", async () => {
    expect(await run("in-one-process.ts").ends()).toEqual({
      code: 0,
      stdout:
        "the door south was open for 12 minutes\n" +
        'refused: value "a while" of Minutes is not a valid xs:decimal; expected a number such as 12.5\n' +
        "1 of 2 events came: the broker evaluates the filter\n",
      stderr: "",
    });
  });

  it("publish what a database has committed, and nothing else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-example-"));
    try {
      const told: string[] = [];
      await using consumer = await AMQPEventConsumer.open(url(), {
        callback: (event) => {
          told.push(`${event.name} ${event.get("Guid") ?? event.get("ReceiverId")}`);
          expect(event.toString()).not.toContain("4711");
        },
      });
      expect(await run("outbox.ts", [join(folder, "calls.db"), url()]).ends()).toEqual({
        code: 0,
        stdout: "not committed: Error: nobody to call\npublished 4 events\n",
        stderr: "",
      });
      await vi.waitFor(() => expect(consumer.counts.received).toBe(4), 20_000);
      expect(told).toEqual(["ObjectStored 1", "PhoneStatus 12343424", "ObjectStored 2", "PhoneStatus 98765"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("test code of their own on a bus without a port", async () => {
    const { code, stdout } = await run("unit-test.ts").ends();
    expect(stdout).toContain("a busy phone calls back");
    expect(stdout).toMatch(/^. pass 2$/mu);
    expect(code).toBe(0);
  });

  it("are what the documentation of tests shows", () => {
    const [, shown = ""] = /```ts\n(.*?)```/su.exec(readFileSync(join(root, "docs", "testing.md"), "utf8")) ?? [];
    const lines = readFileSync(join(root, "examples", "unit-test.ts"), "utf8").split("\n");
    expect(shown.split("\n").filter((line) => !lines.includes(line))).toEqual([]);
    expect(shown).toContain("bus.expectEvent(");
  });
});
