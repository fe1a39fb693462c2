import { describe, expect, it } from "vitest";
import { NotConnectedError, RefusedError } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { Copies } from "../../src/router/copies.ts";
import type { Route } from "../../src/router/index.ts";

const ROUTE: Route = { name: "ill", queue: "q", revision: 1, createdAt: 0, updatedAt: 0 };
const { signal } = new AbortController();

/** Copies to a queue that answers as it is told, and a backlog that keeps what it is given. */
class World {
  readonly aside: string[] = [];
  /** Copies that wait for the queue's answer. */
  readonly tried: { readonly answer: (error?: XqbusError) => void }[] = [];
  readonly problems: XqbusError[] = [];
  readonly copies: Copies;

  constructor(restMs: number) {
    this.copies = new Copies({
      sender: {
        status: "connected",
        connected: () => Promise.resolve(),
        send: () =>
          new Promise((resolve, reject) => {
            this.tried.push({ answer: (error) => (error === undefined ? resolve() : reject(error)) });
          }),
      },
      backlog: {
        add: (_, message, reason) => {
          this.aside.push(`${Buffer.from(message).toString()}: ${reason}`);
          return Promise.resolve();
        },
      },
      ...{ attempts: 1, sendTimeoutMs: 60_000, restMs },
      onProblem: (problem) => void this.problems.push(problem),
    });
  }

  give(id: string): Promise<void> {
    return this.copies.give(ROUTE, Buffer.from(id), signal);
  }
}

describe("copies for a queue", () => {
  it("are tried one at a time while it takes none, and others do not wait with it", async () => {
    const world = new World(1);
    const first = world.give("a");
    world.tried[0]?.answer(new RefusedError("full"));
    await first;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const probe = world.give("b");
    await Promise.all(["c", "d", "e"].map((id) => world.give(id)));
    expect(world.tried).toHaveLength(2);
    expect(world.aside).toEqual(["a: full", "c: full", "d: full", "e: full"]);
    world.tried[1]?.answer();
    await probe;
    const next = world.give("f");
    expect(world.tried).toHaveLength(3);
    world.tried[2]?.answer();
    await next;
    expect(world.aside).toHaveLength(4);
    expect(world.copies.counts).toEqual({ copied: 2, setAside: 4 });
    expect(world.problems).toHaveLength(1);
  });

  it("are told of once, when a queue gives up many at a time", async () => {
    const world = new World(60_000);
    const given = ["a", "b", "c"].map((id) => world.give(id));
    for (const { answer } of world.tried) answer(new RefusedError("full"));
    await Promise.all(given);
    expect(world.aside).toEqual(["a: full", "b: full", "c: full"]);
    expect(world.problems).toHaveLength(1);
  });

  it("begin anew with a route of the same name, once the one whose queue took none has ended", async () => {
    const world = new World(60_000);
    const first = world.give("a");
    world.tried[0]?.answer(new RefusedError("full"));
    await first;
    await world.give("b");
    expect(world.tried).toHaveLength(1);
    await world.copies.ended("other");
    await world.give("c");
    expect(world.tried).toHaveLength(1);
    await world.copies.ended(ROUTE.name);
    const next = world.give("d");
    expect(world.tried).toHaveLength(2);
    world.tried[1]?.answer(new RefusedError("gone"));
    await next;
    expect(world.aside).toEqual(["a: full", "b: full", "c: full", "d: gone"]);
    expect(world.problems).toHaveLength(2);
  });

  it("are set aside when the connection ends with them again and again", async () => {
    const world = new World(60_000);
    const given = world.give("poison");
    for (let count = 1; count <= 10; count++) {
      await expect.poll(() => world.tried.length, { timeout: 20_000 }).toBe(count);
      world.tried.at(-1)?.answer(new NotConnectedError("the broker closed the connection"));
    }
    await given;
    expect(world.aside).toEqual(["poison: the broker closed the connection"]);
    expect(world.tried).toHaveLength(10);
  });
});
