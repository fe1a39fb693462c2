import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { MemorySocket } from "../../../src/broker/in-process/memory-socket.ts";

function pair(): readonly [MemorySocket, MemorySocket] {
  return MemorySocket.pair(() => {});
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe("A connection in memory", () => {
  it("brings bytes in their order, later, and as they were when they were written", async () => {
    const [one, other] = pair();
    const got: string[] = [];
    other.on("data", (bytes: Buffer) => got.push(bytes.toString()));
    const memory = Buffer.from("first");
    one.write(memory, () => memory.fill("-"));
    one.cork();
    for (const text of ["second", "third"]) one.write(text);
    one.uncork();
    expect(got).toEqual([]);
    await turns(5);
    expect(got.join("")).toBe("firstsecondthird");
  });

  it("holds up a writer whose bytes nobody reads", async () => {
    const [one, other] = pair();
    const piece = Buffer.alloc(100_000);
    let written = 0;
    for (let i = 0; i < 10; i++) one.write(piece, () => written++);
    await turns(20);
    expect(written).toBeLessThan(3);
    expect(one.writableLength).toBeGreaterThan(700_000);
    let read = 0;
    other.on("data", (bytes: Buffer) => (read += bytes.length));
    await once(one, "drain");
    await turns(20);
    expect([written, read, one.writableLength]).toEqual([10, 1_000_000, 0]);
  });

  it.each([
    ["ends", (socket: MemorySocket): unknown => socket.end("bye")],
    [
      "is destroyed as soon as everything has left",
      (socket: MemorySocket): void => {
        socket.write("bye");
        socket.destroySoon();
      },
    ],
  ])("closes at both ends when one %s, and what was written arrives", async (_how, close) => {
    const [one, other] = pair();
    const got: string[] = [];
    other.on("data", (bytes: Buffer) => got.push(bytes.toString()));
    one.resume();
    close(one);
    await Promise.all([once(one, "close"), once(other, "close")]);
    expect(got).toEqual(["bye"]);
  });

  it("closes at the other end when one is destroyed, and swallows what comes too late", async () => {
    const [one, other] = pair();
    other.resume();
    one.destroy();
    other.write("too late");
    await once(other, "close");
    expect(other.errored).toBeNull();
  });
});
