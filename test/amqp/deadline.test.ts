import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadline } from "../../src/amqp/deadline.ts";
import { AbortedError, TimeoutError } from "../../src/amqp/index.ts";
import { XqbusError } from "../../src/errors.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const never = new Promise<never>(() => undefined);

function deadline(timeoutMs: number, signal?: AbortSignal): Deadline {
  return new Deadline("waiting", { timeoutMs, signal, option: "timeoutMs" });
}

describe("a deadline", () => {
  it("ends the wait with a time-out that names the option", async () => {
    const waiting = deadline(50).race(never);
    vi.advanceTimersByTime(50);
    await expect(waiting).rejects.toEqual(new TimeoutError("waiting did not end within 50 ms (option timeoutMs)"));
  });

  it("ends the wait when the signal is aborted, with its reason as cause", async () => {
    const controller = new AbortController();
    const waiting = deadline(50, controller.signal).race(never);
    controller.abort("enough");
    const error = new AbortedError("waiting was ended by the caller's AbortSignal", { cause: "enough" });
    await expect(waiting).rejects.toEqual(error);
  });

  it("has ended before it began when the signal was aborted before", async () => {
    const ended = deadline(50, AbortSignal.abort());
    expect(ended.error?.code).toBe("xqbus:aborted");
    await expect(ended.race(never)).rejects.toBe(ended.error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives the work's own result and error", async () => {
    await expect(deadline(50).race(Promise.resolve(1))).resolves.toBe(1);
    await expect(deadline(50).race(Promise.reject(new Error("own")))).rejects.toEqual(new Error("own"));
  });

  it("leaves no timer when it is stopped, and says nothing any more", () => {
    const stopped = deadline(50);
    const heard: XqbusError[] = [];
    stopped.onEnd((error) => heard.push(error));
    stopped.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(100);
    expect(heard).toEqual([]);
  });

  it("without a limit has no timer", () => {
    deadline(Infinity);
    deadline(2 ** 40);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is one of many that share a signal without a warning of Node", () => {
    const warned = vi.spyOn(process, "emitWarning");
    const controller = new AbortController();
    const waits = Array.from({ length: 50 }, () => deadline(50, controller.signal));
    waits[0]?.stop();
    controller.abort();
    expect(waits.map((wait) => wait.error?.code)).toEqual([undefined, ...Array<string>(49).fill("xqbus:aborted")]);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it.each([0, -1, NaN, "5"])("of %s is refused", (timeoutMs) => {
    expect(() => deadline(timeoutMs as number)).toThrow(
      new XqbusError(
        "xqbus:illegal-argument",
        `option timeoutMs must be a positive number of milliseconds or Infinity, got ${timeoutMs}`,
      ),
    );
  });
});
