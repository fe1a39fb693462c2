import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import {
  LargeDocumentValidator,
  type LargeDocumentSettings,
} from "../../../src/schema/large/large-document-validator.ts";

/** Answers each document with its text as message; some words make it fail. */
const SCRIPT = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", ({ input }) => {
    const text = typeof input === "string" ? input : Buffer.from(input).toString();
    if (text === "hang") for (;;);
    if (text === "throw") throw new Error("it threw");
    if (text === "exit") process.exit(3);
    parentPort.postMessage({ problems: [{ path: "/", line: 1, column: 1, code: "test", message: text }] });
  });
`;

const validators: LargeDocumentValidator[] = [];
afterEach(() => {
  for (const validator of validators.splice(0)) validator.close();
});

/** A validator with such a worker, the workers it starts, and a function that gives the messages of the answer to a text. */
function setUp(settings: LargeDocumentSettings = {}): {
  readonly validator: LargeDocumentValidator;
  readonly workers: Worker[];
  readonly answer: (text: string) => Promise<readonly string[]>;
} {
  const workers: Worker[] = [];
  const start = (): Worker => {
    const worker = new Worker(SCRIPT, { eval: true, execArgv: [] });
    workers.push(worker);
    return worker;
  };
  const validator = new LargeDocumentValidator(start, settings);
  validators.push(validator);
  const answer = async (text: string): Promise<readonly string[]> =>
    (await validator.validate({ input: text, isAccepted: false })).map(({ message }) => message);
  return { validator, workers, answer };
}

describe("a worker for large documents", () => {
  it("is started with the first document and judges one after the other", async () => {
    const { workers, answer } = setUp();
    expect(workers).toHaveLength(0);
    expect(await Promise.all(["a", "b", "c"].map(answer))).toEqual([["a"], ["b"], ["c"]]);
    expect(workers).toHaveLength(1);
  });

  it("gets exactly the bytes that it was given, and leaves them to their owner", async () => {
    const { validator } = setUp();
    const bytes = Buffer.from("[document]").subarray(1, -1);
    expect(await validator.validate({ input: bytes, isAccepted: false })).toMatchObject([{ message: "document" }]);
    expect(bytes.toString()).toBe("document");
  });

  it.each([
    ["throw", "it threw"],
    ["exit", "the thread ended with 3"],
  ])("counts a document as invalid with which it fails (%s), and is replaced", async (text, reason) => {
    const { validator, workers, answer } = setUp();
    const [failed, next] = await Promise.all([validator.validate({ input: text, isAccepted: false }), answer("next")]);
    const message = `the document could not be judged and therefore counts as invalid: the validation thread failed (${reason})`;
    expect(failed).toEqual([{ path: "/", line: 1, column: 1, code: "xqbus:internal", message }]);
    expect(next).toEqual(["next"]);
    expect(workers).toHaveLength(2);
  });

  it("counts documents as invalid when it cannot be started", async () => {
    const validator = new LargeDocumentValidator(() => {
      throw new Error("no threads left");
    });
    const documents = ["a", "b"].map((input) => validator.validate({ input, isAccepted: false }));
    for (const problems of await Promise.all(documents)) {
      expect(problems).toMatchObject([
        { code: "xqbus:internal", message: expect.stringContaining("no threads left") as unknown },
      ]);
    }
  });

  it("is replaced when a document takes too long", async () => {
    const { validator, workers, answer } = setUp();
    const slow = validator.validate({ input: "hang", isAccepted: false }, { timeoutMs: 200 });
    const next = answer("next");
    await expect(slow).rejects.toMatchObject({
      code: "xqbus:timeout",
      message: "validating the document did not end within 200 ms (option timeoutMs)",
    });
    expect(await next).toEqual(["next"]);
    expect(workers).toHaveLength(2);
  });

  it("is replaced when the caller gives a running document up, and not for one that waits", async () => {
    const { validator, workers, answer } = setUp();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = validator.validate({ input: "hang", isAccepted: false }, { signal: running.signal });
    const second = validator.validate({ input: "b", isAccepted: false }, { signal: waiting.signal });
    const third = answer("c");
    waiting.abort();
    await expect(second).rejects.toMatchObject({ code: "xqbus:aborted" });
    expect(workers).toHaveLength(1);
    running.abort("enough");
    await expect(first).rejects.toMatchObject({ code: "xqbus:aborted", cause: "enough" });
    expect(await third).toEqual(["c"]);
    expect(workers).toHaveLength(2);
    await expect(
      validator.validate({ input: "d", isAccepted: false }, { signal: running.signal }),
    ).rejects.toMatchObject({ code: "xqbus:aborted" });
  });

  it("has a bounded queue", async () => {
    const { validator, answer } = setUp({ maxWaiting: 2 });
    const accepted = ["a", "b", "c"].map(answer);
    await expect(validator.validate({ input: "d", isAccepted: false })).rejects.toMatchObject({
      code: "xqbus:limit-exceeded",
      message: "2 large documents wait to be validated; await some of them before giving more",
    });
    expect(await Promise.all(accepted)).toEqual([["a"], ["b"], ["c"]]);
    expect(await answer("e")).toEqual(["e"]);
  });

  it("ends when it has had nothing to do for a while, and starts again", async () => {
    const { workers, answer } = setUp({ idleMs: 1 });
    await answer("a");
    await new Promise((resolve) => workers[0]?.once("exit", resolve));
    expect(await answer("b")).toEqual(["b"]);
    expect(workers).toHaveLength(2);
  });

  it("judges what it was given before it is closed, then ends", async () => {
    const { validator, workers, answer } = setUp();
    const given = ["a", "b"].map(answer);
    validator.close();
    validator.close();
    await expect(answer("c")).rejects.toMatchObject({ code: "xqbus:already-closed" });
    const ended = new Promise((resolve) => workers[0]?.once("exit", resolve));
    expect(await Promise.all(given)).toEqual([["a"], ["b"]]);
    await ended;
  });

  it.each([0, -1, NaN])("refuses a time limit of %s", async (timeoutMs) => {
    const { validator } = setUp();
    await expect(validator.validate({ input: "a", isAccepted: false }, { timeoutMs })).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: `timeoutMs is ${timeoutMs}; expected a number of milliseconds above 0`,
    });
  });
});
