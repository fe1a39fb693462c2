import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { ActionDaemon, PATIENT, type ShownRun } from "./action-daemon.ts";

const MODULE = `
export const work = (event) => event.content;
export const grows = () => { const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, (_, at) => ({ at }))); };
export const longResult = () => "x".repeat(2 * 1024 * 1024);
export const hugeResult = () => "x".repeat(9 * 1024 * 1024);
export const noData = () => { const own = {}; own.own = own; return own; };
export const chatty = () => { for (let at = 0; at < 20_000; at++) console.log("line " + at); return "said"; };
export const oneLine = () => { process.stdout.write("x".repeat(4 * 1024 * 1024) + "\\n"); return "said"; };
export const exits = () => process.exit(3);
export const endless = () => { for (;;); };
`;
const SETTINGS = 'memory_mb = 48\nmax_message_bytes = "8MiB"\nmax_input_bytes = "2MiB"\ntimeout = "20s"\n';

interface Started {
  readonly id: string;
}

describeWith([SQLITE], "a daemon whose actions are out of all bounds", () => {
  const daemon = new ActionDaemon(SETTINGS, MODULE);
  let work: string;
  beforeAll(async () => {
    await daemon.start();
    work = await daemon.create("work");
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  const start = async (action: string, content: unknown): Promise<string> => {
    const { status, body } = await daemon.ask<Started>(`/dpe/v3/actions/${action}/start`, content);
    expect(status).toBe(200);
    return body.id;
  };
  /** Runs of another action beside it, which nothing may happen to. */
  const withOthers = async (bad: () => Promise<ShownRun>): Promise<ShownRun> => {
    const before = await start(work, ["before"]);
    const run = await bad();
    for (const id of [before, await start(work, ["after"])]) {
      expect(await daemon.ended(id)).toMatchObject({ state: "succeeded", attempts: 1 });
    }
    return run;
  };

  it.each([
    [
      "grows",
      "xqbus:process-ended",
      /^grows of m\.js needs more memory than its process may have \(\[action\] memory_mb\)$/,
    ],
    ["longResult", "xqbus:limit-exceeded", /^the output of a run has 2097154 bytes of JSON; at most 1048576 are kept$/],
    ["hugeResult", "xqbus:limit-exceeded", /more than 8388608 \(\[action\] max_message_bytes\)$/],
    ["noData", "xqbus:illegal-result", /the result is no data of JSON: .*circular/s],
    ["exits", "xqbus:process-ended", /the process of exits of m\.js ended with exit code 3/],
    ["endless", "xqbus:timeout", /endless of m\.js did not end within 20000 ms/],
  ])(
    "fails the run of %s with its reason, and no other one",
    async (name, code, message) => {
      const id = await daemon.create(name, { retry: "1x" });
      const run = await withOthers(async () => daemon.ended(await start(id, [1])));
      expect(run).toMatchObject({
        state: "failed",
        attempts: 1,
        error: { code, message: expect.any(String) as string },
      });
      expect((run["error"] as { readonly message: string }).message).toMatch(message);
    },
    120_000,
  );

  it.each([
    ["chatty", /^line 0$/, (texts: readonly string[]) => texts.length <= 5001],
    ["oneLine", /^x{8000,}/, (texts: readonly string[]) => texts.every(({ length }) => length <= 8193)],
  ] as const)(
    "keeps a bounded part of the log of %s, and says so",
    async (name, first, isBounded) => {
      const id = await daemon.create(name);
      const run = await withOthers(async () => daemon.ended(await start(id, [1])));
      expect(run).toMatchObject({ state: "succeeded", output: "said", attempts: 1 });
      const texts = await daemon.logs(run.id);
      expect(texts[0]).toMatch(first);
      expect(isBounded(texts)).toBe(true);
      if (name === "chatty") expect(texts.at(-1)).toMatch(/left out/);
    },
    120_000,
  );

  it("refuses inputs that are too large or too deep, and records nothing of them", async () => {
    const path = `/dpe/v3/actions/${work}/start`;
    const count = async (): Promise<number> =>
      (await daemon.ask<{ readonly items: readonly unknown[] }>("/runs?limit=1000")).body.items.length;
    const before = await count();
    // More than [action] max_input_bytes, then more than [http] max_body_bytes.
    for (const bytes of [3, 5]) {
      const content = ["x".repeat(bytes * 1024 * 1024)];
      // The daemon answers and hangs up before it has all of it: whether fetch reads the answer then is chance.
      const { status, body } = await vi.waitFor(() => daemon.ask<{ readonly code: string }>(path, content), PATIENT);
      expect([status, body.code]).toEqual([413, "xqbus:limit-exceeded"]);
    }
    // What is as deep as this can be kept; whether it can be handed over depends on the release of Node.
    const once = await daemon.create("once", { function: "work", retry: "1x" });
    const deep = await daemon.ask<Started>(`/dpe/v3/actions/${once}/start`, `${"[".repeat(3000)}${"]".repeat(3000)}`);
    expect(deep.status).toBe(200);
    expect(await daemon.ended(deep.body.id)).toMatchObject({
      state: expect.stringMatching(/^(?:failed|succeeded)$/) as string,
      attempts: 1,
    });
    const { status: deeper } = await daemon.ask(path, `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`);
    expect(deeper).toBeGreaterThanOrEqual(400);
    expect(deeper).toBeLessThan(500);
    expect(await count()).toBe(before + 1);
    expect(await withOthers(async () => daemon.ended(await start(work, [1])))).toMatchObject({ output: [1] });
  }, 120_000);
});
