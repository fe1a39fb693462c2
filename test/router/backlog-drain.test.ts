import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeMessage } from "../../src/amqp/encode-message.ts";
import { RefusedError, TimeoutError } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { BacklogDrain, type DrainParts } from "../../src/router/backlog-drain.ts";
import type { Waiting } from "../../src/router/backlog.ts";
import type { Route, RouteInput } from "../../src/router/index.ts";
import { RouteIndex } from "../../src/router/route-index.ts";
import { RouteKeys } from "../../src/router/route-keys.ts";
import { Slots } from "../../src/router/slots.ts";
import { leave } from "../helpers/leave.ts";

const WAIT = { timeout: 60_000, interval: 10 };
const DOCUMENT = leave("1");

function messageOf(messageId: string, groupId?: string): Buffer {
  return Buffer.from(
    encodeMessage({
      ...{ bytes: Buffer.from(DOCUMENT), messageId, groupId },
      ...{ subject: "org.clacks.event.NodeLeave", creationTime: new Date(0), durable: true },
    }),
  );
}

/** A backlog of one route in memory, and a queue that answers as it is told. */
class World {
  rows: (Waiting & { readonly label: string })[] = [];
  /** How many rows were asked for. */
  readonly asked: number[] = [];
  readonly tried: string[] = [];
  readonly came: string[] = [];
  readonly problems: string[] = [];
  answer: (label: string) => XqbusError | undefined | Promise<XqbusError | undefined> = () => undefined;
  readonly index = new RouteIndex();
  readonly route: Route;
  readonly parts: DrainParts;
  readonly #end = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(input: RouteInput = {}, name = "r", slots = new Slots(20)) {
    this.route = { name, queue: name, revision: 1, createdAt: 0, updatedAt: 0, ...input };
    this.index.set(this.route);
    this.parts = {
      backlog: {
        page: async (_, after = 0, most = 100) => {
          this.asked.push(most);
          return this.rows.filter(({ id }) => id > after).slice(0, most);
        },
        remove: async (ids) => {
          this.rows = this.rows.filter(({ id }) => !ids.includes(id));
        },
        explain: async ({ id }, reason) => {
          this.rows = this.rows.map((row) => (row.id === id ? { ...row, reason } : row));
        },
      },
      copies: {
        tryQueue: async (_, message) => {
          const label = this.rows.find((row) => row.message === message)?.label ?? "?";
          this.tried.push(label);
          const problem = await this.answer(label);
          if (problem === undefined) this.came.push(label);
          return problem;
        },
      },
      ...{ index: this.index, slots },
      onProblem: ({ message }) => void this.problems.push(message),
    };
  }

  add(label: string, groupId?: string, isUndecided = false): void {
    const id = (this.rows.at(-1)?.id ?? 0) + 1;
    this.rows.push({ id, label, isUndecided, reason: "then", message: messageOf(label, groupId) });
  }

  start(): void {
    const keys = new RouteKeys(this.parts.onProblem);
    const drain = new BacklogDrain(this.parts, this.route.name, this.route.orderBy && keys.of(this.route));
    this.#work = drain.empty(this.#end.signal);
    this.#work.catch(() => undefined);
  }

  /** Resolves when the backlog is empty. */
  get emptied(): Promise<void> {
    return this.#work;
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#work.catch(() => undefined);
  }

  get left(): readonly string[] {
    return this.rows.map(({ label }) => label);
  }
}

function refuses(...labels: readonly string[]): World["answer"] {
  return (label) => (labels.includes(label) ? new RefusedError(`no ${label}`) : undefined);
}

describe("the drain of a backlog", () => {
  let worlds: World[];
  beforeEach(() => {
    worlds = [];
  });
  afterEach(() => Promise.all(worlds.map((world) => world.stop())));

  const world = (...parameters: ConstructorParameters<typeof World>): World => {
    const made = new World(...parameters);
    worlds.push(made);
    return made;
  };

  it("is not held up by copies that are always refused, and says why the first one is", async () => {
    const queue = world();
    const bad = ["x", "y", "z"];
    const good = Array.from({ length: 300 }, (_, at) => `m${at}`);
    for (const label of [...bad, ...good.slice(0, 150), "w", ...good.slice(150)]) queue.add(label);
    queue.answer = refuses(...bad, "w");
    queue.start();
    await expect.poll(() => queue.left, WAIT).toEqual([...bad, "w"]);
    expect(queue.came.toSorted()).toEqual(good.toSorted());
    await expect.poll(() => queue.rows[0]?.reason, WAIT).toBe("no x");
    queue.answer = () => undefined;
    await queue.emptied;
    expect(queue.came.slice(-4).toSorted()).toEqual(["w", "x", "y", "z"]);
    expect(queue.problems).toEqual([]);
  });

  it("with order keeps those of the same key behind one that is refused, and lets the others go in their order", async () => {
    const queue = world({ orderBy: "group-id" });
    for (let round = 0; round < 120; round++) for (const key of ["a", "b", "c"]) queue.add(`${key}${round}`, key);
    queue.add("free");
    queue.answer = refuses("a0", "b1");
    queue.start();
    const waits = (key: string, from: number) => Array.from({ length: 120 - from }, (_, at) => `${key}${at + from}`);
    await expect.poll(() => queue.left.toSorted(), WAIT).toEqual([...waits("a", 0), ...waits("b", 1)].toSorted());
    expect(queue.came.filter((label) => label.startsWith("c"))).toEqual(waits("c", 0));
    expect(queue.came).toContain("free");
    expect(new Set(queue.tried.filter((label) => /^[ab]/.test(label)))).toEqual(new Set(["a0", "b0", "b1"]));
    queue.answer = () => undefined;
    await queue.emptied;
    for (const key of ["a", "b"]) expect(queue.came.filter((label) => label.startsWith(key))).toEqual(waits(key, 0));
  });

  it("goes on behind copies that somebody has discarded, with those of their keys", async () => {
    const queue = world({ orderBy: "group-id" });
    for (const label of ["a0", "b0", "a1", "b1", "b2"]) queue.add(label, label.slice(0, 1));
    queue.answer = refuses("a0", "b0");
    queue.start();
    await expect.poll(() => new Set(queue.tried), WAIT).toEqual(new Set(["a0", "b0"]));
    const discard = (label: string): void => {
      queue.rows = queue.rows.filter((row) => row.label !== label);
    };
    discard("b0");
    await expect.poll(() => queue.left, WAIT).toEqual(["a0", "a1"]);
    discard("a0");
    await queue.emptied;
    expect(queue.came).toEqual(["b1", "b2", "a1"]);
  });

  it("tries nothing but the first, and has no other in memory, while the queue does not answer", async () => {
    const queue = world();
    for (let at = 0; at < 10; at++) queue.add(`m${at}`);
    queue.answer = () => new TimeoutError("no answer");
    queue.start();
    await expect.poll(() => queue.tried.length, WAIT).toBeGreaterThan(1);
    expect(new Set(queue.tried)).toEqual(new Set(["m0"]));
    expect(new Set(queue.asked)).toEqual(new Set([1]));
    expect(queue.rows[0]?.reason).toBe("no answer");
  });

  it("lets copies go that are behind those of which it is not known yet whether they are wanted", async () => {
    const queue = world({ xquery: "from-the-future(" });
    for (let at = 0; at < 5; at++) queue.add(`u${at}`, undefined, true);
    for (let at = 0; at < 5; at++) queue.add(`m${at}`);
    queue.start();
    await expect.poll(() => queue.left, WAIT).toEqual(["u0", "u1", "u2", "u3", "u4"]);
    expect(queue.tried.toSorted()).toEqual(["m0", "m1", "m2", "m3", "m4"]);
    expect(queue.rows[0]?.reason).toMatch(/^its filter does not compile: /);
    queue.index.set({ ...queue.route, xquery: "/e:Event/e:NodeLeave/e:Id = '2'", revision: 2 });
    await queue.emptied;
    expect(queue.tried).toHaveLength(5);
  });

  it("sends nothing twice where keys or messages cannot be read", async () => {
    const queue = world({ orderBy: { xpath: "xs:integer(//e:NodeLeave)[. = 2] + error()" } });
    for (let at = 0; at < 4; at++) queue.add(`m${at}`);
    queue.rows.push({ id: 99, label: "no message", isUndecided: false, reason: "", message: Buffer.from("?") });
    queue.start();
    await queue.emptied;
    expect(queue.tried.toSorted()).toEqual(["m0", "m1", "m2", "m3", "no message"]);
  });

  it("takes turns with others, so many at a time", async () => {
    const slots = new Slots(3);
    let now = 0;
    let most = 0;
    const all = Array.from({ length: 12 }, (_, at) => world({}, `r${at}`, slots));
    for (const each of all) {
      each.add("m");
      each.answer = async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return each.tried.length < 3 ? new TimeoutError("no answer") : undefined;
      };
      each.start();
    }
    await Promise.all(all.map(({ emptied }) => emptied));
    expect(most).toBe(3);
    expect(all.map(({ tried }) => tried.length)).toEqual(all.map(() => 3));
  });
});
