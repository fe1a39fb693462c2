import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { XqbusError } from "../../../src/errors.ts";
import { openLog } from "../../../src/server/log/index.ts";
import type { LogOptions } from "../../../src/server/log/index.ts";

const PATIENT = { timeout: 20_000 };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-log-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

class Sink {
  text = "";
  write(text: string): void {
    this.text += text;
  }
  get records(): readonly Record<string, unknown>[] {
    return this.text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

function toSink(sink: Sink, options: Partial<LogOptions> = {}): ReturnType<typeof openLog> {
  return openLog({ level: "info", format: "json", stream: sink, ...options });
}

describe("the log of a daemon", () => {
  it("has one JSON object a line, with time, level, part and sentence", async () => {
    const sink = new Sink();
    await using log = await toSink(sink);
    log.write("info", "it starts");
    log.part("http").write("warn", "a request failed", { status: 500, route: "/events", none: undefined });
    log.write("debug", "nobody asked for it");
    expect(sink.records).toEqual([
      { time: expect.stringMatching(/^\d{4}-.*Z$/) as string, level: "info", message: "it starts" },
      {
        time: expect.any(String) as string,
        level: "warn",
        part: "http",
        message: "a request failed",
        status: 500,
        route: "/events",
      },
    ]);
  });

  it("never has secrets or bodies of events, whatever it is given", async () => {
    const sink = new Sink();
    await using log = await toSink(sink);
    log.write("error", "cannot reach amqp://ada:pa55@host/x", {
      url: "amqps://ada:pa55@host",
      password: "pa55",
      clientSecret: ["pa55"],
      Authorization: "Bearer pa55",
      body: "<Event>pa55</Event>",
      document: { pa55: 1 },
      long: "x".repeat(2000),
      tokens: 5,
      error: new XqbusError("xqbus:timeout", "amqp://a:pa55@h did not answer"),
    });
    expect(sink.text).not.toContain("pa55");
    expect(sink.records[0]).toMatchObject({
      message: "cannot reach amqp://ada:***@host/x",
      password: "***",
      tokens: 5,
      code: "xqbus:timeout",
      error: "amqp://a:***@h did not answer",
    });
    expect(sink.records[0]).not.toHaveProperty("body");
    expect(String(sink.records[0]?.["long"])).toHaveLength(1001);
  });

  it("has lines for people, in which nothing moves the cursor", async () => {
    const sink = new Sink();
    await using log = await toSink(sink, { format: "text" });
    log.part("broker").write("warn", "user \u001b[2J\nx", { code: "c" });
    expect(sink.text).toMatch(/^\S+Z warn {2}broker: user \\u\{1b\}\[2J\\u\{a\}x \(code=c\)\n$/);
  });

  it("is opened again when another program has renamed the file", async () => {
    const file = join(folder, "xqbus.log");
    const log = await toSink(new Sink(), { file });
    log.write("info", "one");
    await expect.poll(() => readFileSync(file, "utf8"), PATIENT).toContain("one");
    renameSync(file, `${file}.1`);
    log.reopen();
    await expect
      .poll(() => {
        log.write("info", "two");
        return readFileSync(file, "utf8");
      }, PATIENT)
      .toContain("two");
    await log[Symbol.asyncDispose]();
    expect(readFileSync(`${file}.1`, "utf8")).toContain("one");
    expect(readFileSync(`${file}.1`, "utf8")).not.toContain('two"}\nx');
  });

  it("says at once when its file cannot be written", async () => {
    const file = join(folder, "none", "xqbus.log");
    await expect(toSink(new Sink(), { file })).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `cannot write the log ${file}: there is no folder ${join(folder, "none")}`,
    });
  });
});
