import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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
