import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { WorkerError, WorkerPool, type LogLine, type WorkerCall } from "../../src/worker/index.ts";
import { isAlive } from "./is-alive.ts";
import { moduleFolder, type ModuleFolder } from "./module-folder.ts";

const MODULE = `
import { spawn } from "node:child_process";
let isMet = false;
let calls = 0;
export const add = (a, b) => a + b;
export const count = () => ++calls;
export const echo = (value) => value;
export const pid = () => process.pid;
export const environment = () => Object.keys(process.env).sort();
export const folder = () => process.cwd();
export const context = ({ data, key, module, export: name, signal }) =>
  ({ data, key, name, isModule: module.endsWith("code.mjs"), isAborted: signal.aborted });
export async function write() {
  console.log("one", { two: 2 });
  console.error("three");
  console.debug("four");
  console.warn("five");
  process.stdout.write("six, ");
  process.stdout.write("seven\\neight");
}
export const flood = () => { for (let i = 0; i < 10_000; i++) console.log("x".repeat(100)); };
export const later = () => { setTimeout(() => console.log("left behind"), 20); };
export function fail(message) { throw Object.assign(new TypeError(message), { code: "E_CODE" }); }
export function never() { for (;;); }
export const hang = () => new Promise(() => {});
export const polite = ({ signal }) => new Promise((resolve) => {
  setInterval(() => {}, 1000);
  signal.addEventListener("abort", () => { console.log(signal.reason.code); resolve("too late"); });
});
export const exit = (code) => process.exit(code);
export const lose = async () => { setTimeout(() => { throw new Error("nobody waits"); }, 1); await new Promise(() => {}); };
export const leave = () => {
  const timer = setInterval(() => { if (isMet) { clearInterval(timer); throw new Error("left behind"); } }, 1);
};
export const throwOn = () => void setInterval(() => { throw new Error("again"); }, 1);
export const meet = async () => {
  isMet = true;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return process.pid;
};
export const reject = async () => { void Promise.reject(new Error("not handled")); await new Promise(() => {}); };
export const hoard = () => { const all = []; for (;;) all.push(new Array(10_000).fill(all.length)); };
export const give = (what) => what === "function" ? () => 1 : "x".repeat(100_000);
export const permanent = () => { throw Object.assign(new Error("no use"), { permanent: true }); };
export const notNow = () => { throw Object.assign(new Error("not now"), { retryAfterMs: 1500 }); };
export const throwsText = () => { throw "a text"; };
export async function grandchild() {
  const child = spawn(process.execPath, ["-e", "console.log(process.pid); setInterval(() => {}, 1000)"], { stdio: ["ignore", "pipe", "ignore"] });
  console.log(await new Promise((resolve) => child.stdout.once("data", (data) => resolve(String(data).trim()))));
  await new Promise(() => {});
}
export const inherit = () => new Promise((resolve) => {
  spawn(process.execPath, ["-e", "console.log('from a program')"], { stdio: "inherit" }).on("exit", () => resolve("done"));
});
export const twice = ({ ask }) => Promise.all([ask("double", 4), ask("double", 5)]);
export const askWrong = ({ ask }) => ask("treble", 4);
export const askFailing = ({ ask }) => ask("refuse", 4).then(() => "?", (e) => [e.name, e.code, e.message]);
`;

const SERVICES = {
  double: (value: unknown, call: { readonly key: string | undefined }) =>
    Promise.resolve(`${(value as number) * 2} for ${String(call.key)}`),
  refuse: () => Promise.reject(Object.assign(new Error("not permitted"), { code: "xqbus:not-permitted" })),
};

let folder: ModuleFolder;
let pool: WorkerPool;

const call = (name: string, more: Partial<WorkerCall> = {}): Promise<unknown> =>
  pool.call({ module: folder.path("code.mjs"), export: name, ...more });

/** What is said of a call that fails. */
async function failure(name: string, more: Partial<WorkerCall> = {}): Promise<unknown> {
  const error = await call(name, more).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(WorkerError);
  const { code, message } = error as WorkerError;
  return [code, message.replaceAll(folder.path(""), "")];
}

beforeAll(async () => {
  folder = moduleFolder({ "code.mjs": MODULE });
  pool = await WorkerPool.open({
    ...{ processes: 1, killGraceMs: 100, maxMessageBytes: 50_000, maxLogBytes: 2000, memoryMb: 64 },
    ...{ services: SERVICES, data: { answer: 42 }, env: { GIVEN: "1" }, cwd: folder.path("") },
  });
});
afterAll(async () => {
  await pool.close();
  folder[Symbol.dispose]();
});

describe("a call in a worker process", () => {
  it("has the function's result", async () => {
    expect(await call("add", { args: [2, 3] })).toBe(5);
  });

  it.each([
    ["a date", new Date(0)],
    ["bytes", new Uint8Array([1, 2, 3])],
    ["a map", new Map([[1, { two: 3n }]])],
    ["nothing", undefined],
  ])("takes and gives %s", async (_, value) => {
    expect(await call("echo", { args: [value] })).toEqual(value);
  });

  it("keeps what the module has in memory", async () => {
    const first = (await call("count")) as number;
    expect(await call("count")).toBe(first + 1);
  });

  it("is told what it may use", async () => {
    expect(await call("context", { key: "k" })).toEqual({
      ...{ data: { answer: 42 }, key: "k", name: "context", isModule: true, isAborted: false },
    });
    expect(await call("folder")).toBe(folder.path("").replace(/\/$/, ""));
  });

  it("has none of the parent's environment but what every program needs", async () => {
    process.env["XQBUS_SECRET_OF_TEST"] = "secret";
    await using other = await WorkerPool.open({ processes: 1, env: { GIVEN: "1" } });
    delete process.env["XQBUS_SECRET_OF_TEST"];
    const names = (await other.call({ module: folder.path("code.mjs"), export: "environment" })) as string[];
    expect(names).toContain("GIVEN");
    expect(names).toContain("PATH");
    expect(names.filter((name) => /XQBUS|VITEST|npm_|NODE_OPTIONS/.test(name))).toEqual([]);
  });

  it("tells each line that the code writes, in order, before the result", async () => {
    const lines: LogLine[] = [];
    await call("write", { onLog: (line) => lines.push(line) });
    expect(lines.map(({ level, text }) => [level, text])).toEqual([
      ["info", "one { two: 2 }"],
      ["error", "three"],
      ["debug", "four"],
      ["warn", "five"],
      ["info", "six, seven"],
      ["info", "eight"],
    ]);
  });

  it("tells what programs write that the code starts", async () => {
    const lines: string[] = [];
    await call("inherit", { onLog: ({ text }) => lines.push(text) });
    expect(lines).toEqual(["from a program"]);
  });

  it("tells no more lines than may be", async () => {
    const lines: string[] = [];
    await call("flood", { onLog: ({ text }) => lines.push(text) });
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe("the log has more than 2000 bytes; the rest is left out");
  });

  it("is not told lines that an earlier one has left behind", async () => {
    const left: string[] = [];
    await using other = await WorkerPool.open({ processes: 1, onLog: ({ text }) => left.push(text) });
    const mine: string[] = [];
    const module = folder.path("code.mjs");
    await other.call({ module, export: "later", onLog: ({ text }) => mine.push(text) });
    await other.call({ module, export: "folder", onLog: ({ text }) => mine.push(text) });
    await vi.waitUntil(() => left.length > 0);
    expect([left, mine]).toEqual([["left behind"], []]);
  });

  it("asks the program for what it needs", async () => {
    expect(await call("twice", { key: "order" })).toEqual(["8 for order", "10 for order"]);
    expect(await call("askFailing")).toEqual(["XqbusError", "xqbus:not-permitted", "not permitted"]);
    expect(await failure("askWrong")).toEqual([
      "xqbus:code-failed",
      'askWrong of code.mjs failed: XqbusError: there is no service "treble"; there are double, refuse',
    ]);
  });
});

describe("a call that has no result", () => {
  it.each<[string, Partial<WorkerCall>, string, string]>([
    ["fail", { args: ["wrong"] }, "xqbus:code-failed", "fail of code.mjs failed: TypeError: wrong"],
    ["throwsText", {}, "xqbus:code-failed", "throwsText of code.mjs failed: Error: a text"],
    ["never", { timeoutMs: 200 }, "xqbus:timeout", "never of code.mjs did not end within 200 ms"],
    ["hang", { timeoutMs: 200 }, "xqbus:timeout", "hang of code.mjs did not end within 200 ms"],
    [
      "exit",
      { args: [3] },
      "xqbus:process-ended",
      "the process of exit of code.mjs ended with exit code 3 before there was a result",
    ],
    [
      "exit",
      { args: [0] },
      "xqbus:process-ended",
      "the process of exit of code.mjs ended with exit code 0 before there was a result",
    ],
    ["lose", {}, "xqbus:code-failed", "lose of code.mjs threw where nobody waited for it: Error: nobody waits"],
    ["reject", {}, "xqbus:code-failed", "reject of code.mjs threw where nobody waited for it: Error: not handled"],
    [
      "hoard",
      {},
      "xqbus:process-ended",
      "hoard of code.mjs needs more memory than its process may have (option memoryMb)",
    ],
    [
      "give",
      { args: ["function"] },
      "xqbus:illegal-result",
      "give of code.mjs: the result is no plain data: () => 1 could not be cloned.",
    ],
    [
      "give",
      { args: ["much"] },
      "xqbus:limit-exceeded",
      "give of code.mjs: the result has 100006 bytes, more than 50000 (option maxMessageBytes)",
    ],
    [
      "add",
      { args: ["x".repeat(60_000)] },
      "xqbus:limit-exceeded",
      "the arguments have 60011 bytes, more than 50000 (option maxMessageBytes)",
    ],
    [
      "ad",
      {},
      "xqbus:invalid-module",
      'code.mjs has no export "ad" (did you mean "add"?); it has add, askFailing, askWrong, context, count, echo, environment, exit, fail, flood, folder, give, grandchild, hang, hoard, inherit, later, leave, lose, meet',
    ],
  ])("because of %s says so, and the next one works", async (name, more, code, message) => {
    expect(await failure(name, more)).toEqual([code, message]);
    expect(await call("add", { args: [1, 1] })).toBe(2);
  });

  it("says what the code threw, and whether trying again is of use", async () => {
    const error = await call("fail", { args: ["wrong"] }).catch((error: unknown) => error);
    expect(error).toMatchObject({
      thrown: {
        name: "TypeError",
        code: "E_CODE",
        message: "wrong",
        stack: expect.stringContaining("code.mjs:") as string,
      },
      isPermanent: false,
      retryAfterMs: undefined,
    });
    expect(await call("permanent").catch((error: unknown) => error)).toMatchObject({ isPermanent: true });
    expect(await call("notNow").catch((error: unknown) => error)).toMatchObject({ retryAfterMs: 1500 });
  });

  it("may end by itself when it is told to, and its process goes on", async () => {
    await using patient = await WorkerPool.open({ processes: 1, killGraceMs: 60_000 });
    const module = folder.path("code.mjs");
    const before = await patient.call({ module, export: "pid" });
    const lines: string[] = [];
    const onLog = ({ text }: LogLine): unknown => lines.push(text);
    await expect(patient.call({ module, export: "polite", timeoutMs: 100, onLog })).rejects.toMatchObject({
      code: "xqbus:timeout",
    });
    await expect(
      patient.call({ module, export: "polite", signal: AbortSignal.timeout(100), onLog }),
    ).rejects.toMatchObject({ code: "xqbus:aborted" });
    expect(lines).toEqual(["xqbus:timeout", "xqbus:aborted"]);
    expect(await patient.call({ module, export: "pid" })).toBe(before);
  });

  it("has a result that comes after it was told to end only for who wants it, and never after its time", async () => {
    await using patient = await WorkerPool.open({ processes: 1, killGraceMs: 60_000 });
    const late = { module: folder.path("code.mjs"), export: "polite", takesLateResult: true };
    expect(await patient.call({ ...late, signal: AbortSignal.timeout(100) })).toBe("too late");
    await expect(patient.call({ ...late, timeoutMs: 100 })).rejects.toMatchObject({ code: "xqbus:timeout" });
  });

  it("does not fail by what an earlier one has left behind, which is told, and the next one has a fresh process", async () => {
    const lines: string[] = [];
    const onLog = ({ level, text }: LogLine): unknown => lines.push(`${level}: ${text}`);
    await using other = await WorkerPool.open({ processes: 1, onLog });
    const module = folder.path("code.mjs");
    await other.call({ module, export: "leave" });
    const [pid] = other.pids;
    expect(await other.call({ module, export: "meet" })).toBe(pid);
    expect(lines).toEqual(["error: what an earlier call has left behind threw: Error: left behind"]);
    expect(await other.call({ module, export: "pid" })).not.toBe(pid);
  });

  it("ends an idle process that throws what an earlier call has left behind, and tells of it once", async () => {
    const lines: string[] = [];
    await using other = await WorkerPool.open({ processes: 1, onLog: ({ text }) => lines.push(text) });
    const module = folder.path("code.mjs");
    await other.call({ module, export: "throwOn" });
    await vi.waitUntil(() => other.pids.length === 0);
    expect(lines).toEqual(["what an earlier call has left behind threw: Error: again"]);
    expect(await other.call({ module, export: "add", args: [1, 1] })).toBe(2);
  });

  it("takes the programs with it that it has started", async () => {
    let pid = 0;
    await failure("grandchild", { timeoutMs: 1000, onLog: ({ text }) => (pid = Number(text)) });
    expect(pid).toBeGreaterThan(0);
    await vi.waitUntil(() => !isAlive(pid));
  });

  it("leaves its place in the queue when it is cancelled", async () => {
    const running = failure("hang", { timeoutMs: 300 });
    const waiting = failure("add", { signal: AbortSignal.timeout(50) });
    expect(await waiting).toEqual(["xqbus:aborted", "add of code.mjs was cancelled before it began"]);
    await running;
  });
});

describe("a pool", () => {
  it("runs as many calls at a time as it has processes, and refuses more than may wait", async () => {
    await using other = await WorkerPool.open({ processes: 2, maxWaiting: 1, killGraceMs: 0 });
    const module = folder.path("code.mjs");
    const both = [1, 2].map(() => other.call({ module, export: "hang", timeoutMs: 500 }).catch(() => "ended"));
    await vi.waitUntil(() => other.counts.running === 2);
    const third = other.call({ module, export: "add", args: [1, 2] });
    await expect(other.call({ module, export: "add" })).rejects.toMatchObject({ code: "xqbus:too-many-requests" });
    expect(other.counts).toMatchObject({ processes: 2, running: 2, waiting: 1 });
    expect(await third).toBe(3);
    expect(await Promise.all(both)).toEqual(["ended", "ended"]);
  });

  it("starts another process for one that was killed", async () => {
    const running = failure("hang");
    await vi.waitUntil(() => pool.counts.running === 1 && pool.pids.length === 1);
    await sleep(50);
    process.kill(pool.pids[0] ?? 0, "SIGKILL");
    expect(await running).toEqual([
      "xqbus:process-ended",
      "the process of hang of code.mjs was killed by SIGKILL before there was a result",
    ]);
    expect(await call("add", { args: [1, 1] })).toBe(2);
  });

  it("ends all that runs when it is closed", async () => {
    const other = await WorkerPool.open({ processes: 1, killGraceMs: 10 });
    const [pid = 0] = other.pids;
    const module = folder.path("code.mjs");
    const running = other.call({ module, export: "never" }).catch((error: unknown) => (error as WorkerError).code);
    const waiting = other.call({ module, export: "add" }).catch((error: unknown) => (error as WorkerError).code);
    await other.close({ timeoutMs: 50 });
    expect(await Promise.all([running, waiting])).toEqual(["xqbus:aborted", "xqbus:already-closed"]);
    expect(isAlive(pid)).toBe(false);
    await expect(other.call({ module, export: "add" })).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });

  it.each([
    [{ processes: 0 }, "processes must be a whole number from 1 to 1000, got 0"],
    [{ memoryMb: 1 }, "memoryMb must be a whole number from 16 to 65536, got 1"],
    [{ services: { a: 1 as never } }, "services.a must be a function, got 1"],
  ])("refuses %o", async (options, message) => {
    await expect(WorkerPool.open(options)).rejects.toMatchObject({ code: "xqbus:illegal-argument", message });
  });

  it("says so when its processes do not start", async () => {
    await expect(WorkerPool.open({ execArgv: ["--no-such-option"] })).rejects.toMatchObject({
      code: "xqbus:process-ended",
      message: "a worker process ended with 9 when it started",
    });
    await expect(WorkerPool.open({ cwd: folder.path("gone") })).rejects.toMatchObject({ code: "xqbus:process-ended" });
  });
});
