import { once } from "node:events";
import rhea, { type EventContext, type Receiver } from "rhea";
import { afterEach, describe, expect, it, vi } from "vitest";
import { checkAccess, startBroker, type Broker, type BrokerOptions } from "../../src/broker/index.ts";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { XqbusError } from "../../src/errors.ts";
import { InvalidEventError, loadCatalog } from "../../src/schema/index.ts";
import { AMQPServiceProxy, serveMethods, ServiceError } from "../../src/service/index.ts";
import type { CallContext, MethodService, ServeOptions, ServiceProxyOptions } from "../../src/service/index.ts";

const USERS = { admin: "secret", ada: "a" };
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function broker(options: BrokerOptions = {}): Promise<Broker> {
  const started = await startBroker({ users: USERS, ...options });
  cleanUps.push(() => started.close());
  return started;
}

async function serve(url: string, methods: object, options: ServeOptions = {}): Promise<MethodService> {
  const service = await serveMethods(url, "core", methods, { onError: () => undefined, ...options });
  cleanUps.push(() => service.close({ timeoutMs: 100 }));
  return service;
}

function proxyOf<M>(url: string, options: ServiceProxyOptions = {}): AMQPServiceProxy<M> {
  const proxy = new AMQPServiceProxy<M>(url, { service: "core", callTimeoutMs: 20_000, ...options });
  cleanUps.push(() => proxy.close());
  return proxy;
}

/** What a raw client sees of a message. */
interface RawMessage {
  readonly body?: { readonly content?: Buffer };
  readonly correlation_id?: string;
  readonly reply_to?: string;
}

function rawMessage({ message }: { readonly message?: unknown }): RawMessage & { readonly text: string } {
  const raw = message as RawMessage;
  return { ...raw, text: raw.body?.content?.toString() ?? "null" };
}

/** A method that waits until somebody lets it end. */
function gate(): { readonly pass: () => void; readonly passed: Promise<void> } {
  let pass = (): void => undefined;
  const passed = new Promise<void>((resolve) => (pass = resolve));
  return { pass, passed };
}

const calculator = {
  add: (a: number, b: number): number => a + b,
  greet: ({ name }: { name: string }): string => `Hello ${name}`,
  nothing: (): void => undefined,
  async later(text: string): Promise<{ text: string }> {
    return await Promise.resolve({ text });
  },
};

describe("a service", () => {
  it("has its methods called as if they were here", async () => {
    const url = (await broker()).url("admin");
    await serve(url, calculator);
    const core = proxyOf<typeof calculator>(url);
    expect(await core.add(1, 2)).toBe(3);
    expect(await core.later("ä€😀")).toEqual({ text: "ä€😀" });
    expect(await core.nothing()).toBeNull();
    expect(await core.getMethods()).toEqual(["add", "getMethods", "greet", "later", "nothing"]);
    expect(await core.call("greet", { name: "Ada" })).toBe("Hello Ada");
    expect(core.counts).toEqual({ sent: 5, answered: 5, late: 0, foreign: 0 });
  });

  it("is called by name through a proxy that is no promise and no oddity", async () => {
    const url = (await broker()).url("admin");
    const core = proxyOf<Record<"add" | "then" | "toJSON", () => null>>(url);
    expect(await Promise.resolve(core)).toBe(core);
    expect([core.then, core.toJSON, Reflect.get(core, Symbol.iterator)]).toEqual([undefined, undefined, undefined]);
    expect(core.add).toBe(core.add);
    expect(core).toBeInstanceOf(AMQPServiceProxy);
    const without = new AMQPServiceProxy(url);
    expect(Reflect.get(without, "add")).toBeUndefined();
    await expect(without.call("add")).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "inherited", "field", ""])(
    "does not offer %j, which is no own method",
    async (name) => {
      const url = (await broker()).url("admin");
      const methods = Object.assign(Object.create({ inherited: () => "secret" }) as object, calculator);
      await serve(url, methods);
      const code = name === "" ? "xqbus:service-failed" : "xqbus:unknown-method";
      await expect(proxyOf(url).call(name)).rejects.toMatchObject({ code });
    },
  );

  it.each([
    ["a method that is no function", { add: 1 }, "the method add is no function"],
    ["a method with the name of a promise", { then: () => 1 }, '"then" cannot be the name of a method'],
    ["a name with a space", { "a b": () => 1 }, '"a b" cannot be the name of a method'],
    ["no methods", null, "the methods are no object"],
  ])("is refused with %s", async (_, methods, problem) => {
    await expect(serveMethods("amqp://localhost", "core", methods as object)).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: `${problem}; expected an object of functions by name`,
    });
    await expect(serveMethods("amqp://localhost", "no/name", {})).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
    });
  });

  it("shares its calls among workers", async () => {
    const url = (await broker()).url("admin");
    const open = gate();
    const busy = [0, 0];
    for (const worker of busy.keys()) {
      const work = async (): Promise<number> => {
        busy[worker]!++;
        await open.passed;
        return worker;
      };
      await serve(url, { work }, { concurrency: 2 });
    }
    const core = proxyOf<{ work(): number }>(url);
    const calls = Array.from({ length: 4 }, () => core.work());
    await vi.waitFor(() => expect(busy).toEqual([2, 2]), 20_000);
    open.pass();
    expect((await Promise.all(calls)).toSorted()).toEqual([0, 0, 1, 1]);
  });

  it("runs no more calls at a time than its concurrency", async () => {
    const url = (await broker()).url("admin");
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    };
    await serve(url, { work }, { concurrency: 3 });
    const core = proxyOf<{ work(): void }>(url);
    await Promise.all(Array.from({ length: 20 }, () => core.work()));
    expect(most).toBe(3);
  });

  it("knows who calls, and the embedded broker vouches for it", async () => {
    const started = await broker();
    await serve(started.url("admin"), {
      who(this: CallContext) {
        return [this.user, this.service, this.method, this.expiresAt instanceof Date];
      },
    });
    expect(await proxyOf(started.url("ada")).call("who")).toEqual(["ada", "core", "who", true]);
  });
});

describe("an error of a method", () => {
  const failing = {
    own: () => {
      throw new ServiceError("no such account", {
        rpcCode: 17,
        code: "bank:no-account",
        data: { id: 4 },
        cause: new Error("SQL"),
      });
    },
    ours: () => {
      throw new XqbusError("xqbus:limit-exceeded", "too much");
    },
    plain: () => {
      throw new TypeError("boom");
    },
    odd: () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever a method throws must cross
      throw "a text";
    },
    unreadable: () => {
      throw Object.create(null);
    },
    numbered: () => {
      throw Object.assign(new Error(), { message: 5 });
    },
    cycle: () => {
      const value: Record<string, unknown> = {};
      return Object.assign(value, { value });
    },
    big: () => 1n,
    func: () => () => 1,
    long: () => "x".repeat(2_000),
  };

  it.each([
    ["own", { rpcCode: 17, code: "bank:no-account", message: "core.own: no such account", data: { id: 4 } }],
    ["ours", { rpcCode: -32000, code: "xqbus:limit-exceeded", message: "core.ours: too much", data: undefined }],
    ["plain", { rpcCode: -32603, code: "xqbus:service-failed", message: "core.plain: boom", data: undefined }],
    ["odd", { rpcCode: -32603, code: "xqbus:service-failed", message: "core.odd: a text", data: undefined }],
    ["unreadable", { rpcCode: -32603, message: "core.unreadable: something that cannot be read" }],
    ["numbered", { rpcCode: -32603, message: "core.numbered: 5" }],
    ["cycle", { rpcCode: -32603, code: "xqbus:service-failed" }],
    ["big", { rpcCode: -32603, code: "xqbus:service-failed" }],
    ["func", { rpcCode: -32603, message: "core.func: a function is no JSON value" }],
    ["long", { rpcCode: -32000, code: "xqbus:limit-exceeded" }],
    ["none", { rpcCode: -32601, code: "xqbus:unknown-method" }],
  ])("crosses: %s", async (name, expected) => {
    const url = (await broker()).url("admin");
    const service = await serve(url, failing, { maxReplyBytes: 1_500 });
    const error: unknown = await proxyOf(url)
      .call(name)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject(expected);
    expect(JSON.stringify(error)).not.toContain("SQL");
    expect(service.counts.failed).toBe(1);
  });

  it("crosses without its message where the service hides it, and is reported here", async () => {
    const url = (await broker()).url("admin");
    const reported: unknown[] = [];
    await serve(url, failing, { exposeErrors: false, onError: (error, method) => reported.push([method, error]) });
    await expect(proxyOf(url).call("plain")).rejects.toMatchObject({ message: "core.plain: the method plain failed" });
    await expect(proxyOf(url).call("ours")).rejects.toMatchObject({ message: "core.ours: too much" });
    expect(reported).toEqual([["plain", new TypeError("boom")]]);
  });
});

describe("a call", () => {
  it.each([
    ["a bigint", [1n], "Do not know how to serialize a BigInt"],
    [
      "too many levels",
      [Array.from({ length: 20_000 }).reduce((inner) => [inner], [])],
      "Maximum call stack size exceeded",
    ],
  ])("is refused here for parameters that JSON cannot write: %s", async (_, params, reason) => {
    const core = proxyOf("amqp://localhost:1", { maxPendingCalls: 1 });
    for (let time = 0; time < 2; time++) {
      await expect(core.call("add", params)).rejects.toMatchObject({
        ...{ name: "XqbusError", code: "xqbus:illegal-argument" },
        message: `the parameters of add cannot be written as JSON: ${reason}`,
      });
    }
  });

  it("ends with its time limit, its late answer is dropped and counted, and nobody else gets it", async () => {
    const url = (await broker()).url("admin");
    const open = gate();
    const service = await serve(url, { slow: () => open.passed.then(() => "late"), fast: () => "fast" });
    const core = proxyOf<{ fast(): string }>(url);
    await core.fast();
    await expect(core.call("slow", [], { timeoutMs: 300 })).rejects.toMatchObject({
      code: "xqbus:timeout",
      message: "the call of core.slow did not end within 300 ms (option timeoutMs)",
    });
    await vi.waitFor(() => expect(service.counts.abandoned).toBe(1), 20_000);
    open.pass();
    expect(await core.fast()).toBe("fast");
  });

  it("drops and counts an answer that comes when the caller has aborted", async () => {
    const url = (await broker()).url("admin");
    const open = gate();
    const service = await serve(url, { slow: () => open.passed.then(() => "late") });
    const core = proxyOf(url);
    const abort = new AbortController();
    const call = core.call("slow", [], { signal: abort.signal });
    await vi.waitFor(() => expect(service.counts.called).toBe(1), 20_000);
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: "xqbus:aborted" });
    open.pass();
    await vi.waitFor(() => expect(core.counts.late).toBe(1), 20_000);
    expect(core.counts).toEqual({ sent: 1, answered: 0, late: 1, foreign: 0 });
  });

  it("is not carried out after its deadline", async () => {
    const url = (await broker()).url("admin");
    const called: string[] = [];
    const open = gate();
    const service = await serve(
      url,
      { slow: () => open.passed, note: (text: string) => void called.push(text) },
      { concurrency: 1 },
    );
    const core = proxyOf(url);
    const slow = core.call("slow");
    await vi.waitFor(() => expect(service.counts.called).toBe(1), 20_000);
    await expect(core.call("note", ["too late"], { timeoutMs: 50 })).rejects.toMatchObject({ code: "xqbus:timeout" });
    open.pass();
    await slow;
    await core.call("note", ["in time"]);
    expect(called).toEqual(["in time"]);
  });

  it("has a signal that ends with its deadline", async () => {
    const url = (await broker()).url("admin");
    const ended = gate();
    await serve(url, {
      wait(this: CallContext) {
        return new Promise((resolve) => {
          this.signal.addEventListener("abort", () => {
            ended.pass();
            resolve(null);
          });
        });
      },
    });
    const wait = proxyOf(url).call("wait", [], { timeoutMs: 200 });
    await expect(wait).rejects.toMatchObject({ code: "xqbus:timeout" });
    await ended.passed;
  });

  it("is bounded in size and number", async () => {
    const url = (await broker()).url("admin");
    await serve(url, { echo: (text: string) => text, wait: () => new Promise(() => undefined) });
    const core = proxyOf<{ echo(text: string): string; wait(): null }>(url, {
      maxRequestBytes: 1_000,
      maxReplyBytes: 70_000,
      maxPendingCalls: 2,
      closeTimeoutMs: 50,
    });
    await expect(core.echo("x".repeat(1_000))).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
    const waiting = [core.wait(), core.wait()].map((call) =>
      expect(call).rejects.toMatchObject({ code: "xqbus:already-closed" }),
    );
    await expect(core.echo("x")).rejects.toMatchObject({
      code: "xqbus:limit-exceeded",
      message: "2 calls wait for an answer (option maxPendingCalls)",
    });
    await core.close();
    await Promise.all(waiting);
    await expect(core.echo("x")).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });

  it("fails when its answer is larger than it may be", async () => {
    const url = (await broker()).url("admin");
    await serve(url, { large: () => "x".repeat(500_000), small: () => "small" });
    const core = proxyOf<{ large(): string; small(): string }>(url, { maxReplyBytes: 1_000 });
    await expect(core.large()).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
    expect(await core.small()).toBe("small");
  });

  it("is answered with an error when the service takes none so large", async () => {
    const url = (await broker()).url("admin");
    await serve(url, { echo: (text: string) => text.length }, { maxRequestBytes: 1_000 });
    const core = proxyOf<{ echo(text: string): number }>(url);
    await expect(core.echo("x".repeat(100_000))).rejects.toMatchObject({
      rpcCode: -32600,
      message: "core.echo: the request is too large, or cannot be read",
    });
    expect(await core.echo("x")).toBe(1);
  });

  it("tells what is wrong with the first connection", async () => {
    const started = await broker();
    const url = started.url("admin");
    await started.close();
    await expect(proxyOf(url).call("add")).rejects.toMatchObject({ code: "xqbus:not-connected" });
    expect(() => new AMQPServiceProxy("http://x")).toThrow(expect.objectContaining({ code: "xqbus:invalid-url" }));
    expect(() => new AMQPServiceProxy(url, { service: "a b" })).toThrow(
      expect.objectContaining({ code: "xqbus:illegal-argument" }),
    );
  });
});

describe("a lost connection", () => {
  const RECONNECT = { reconnect: { minDelayMs: 5, maxDelayMs: 20 } };

  /** A broker on the same port again. */
  async function restart(started: Broker): Promise<void> {
    const { port } = started;
    await started.close();
    await broker({ port });
  }

  it("fails what the service may have done, and sends again what may be done twice", async () => {
    const started = await broker();
    const url = started.url("admin");
    let runs = 0;
    const open = gate();
    const service = await serve(
      url,
      { work: () => (++runs <= 2 ? open.passed : "done"), add: calculator.add },
      RECONNECT,
    );
    const core = proxyOf<{ add(a: number, b: number): number }>(url, RECONNECT);
    const once = core.call("work");
    once.catch(() => undefined);
    const twice = core.call("work", [], { idempotent: true });
    await vi.waitFor(() => expect(runs).toBe(2), 20_000);
    await restart(started);
    await expect(once).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: expect.stringContaining("whether the service has done it is unknown") as string,
    });
    expect(await twice).toBe("done");
    expect(await core.add(1, 2)).toBe(3);
    expect(service.status).toBe("connected");
    open.pass();
    await vi.waitFor(() => expect(service.counts.dropped).toBe(2), 20_000);
  });

  it("does not fail what is called while it lasts", async () => {
    const started = await broker();
    const url = started.url("admin");
    await serve(url, calculator, RECONNECT);
    const core = proxyOf<typeof calculator>(url, RECONNECT);
    await core.add(1, 1);
    const { port } = started;
    await started.close();
    const call = core.add(2, 2);
    await broker({ port });
    expect(await call).toBe(4);
  });
});

describe("a service that has given up", () => {
  it.each([
    ["warns when nobody asks for its end", false, ["the service takes no more calls"]],
    ["tells who waits for its end", true, []],
  ])("%s", async (_, isWatched, expected) => {
    const warnings: string[] = [];
    const hear = ({ message }: Error): void => void warnings.push(message.split(":")[0] ?? "");
    process.on("warning", hear);
    cleanUps.push(async () => void process.off("warning", hear));
    const started = await broker();
    const service = await serve(started.url("admin"), calculator, { reconnect: false });
    const end = isWatched ? service.join().catch((error: unknown) => error) : undefined;
    await started.close();
    await vi.waitFor(() => expect(service.status).toBe("failed"), 20_000);
    if (end !== undefined) expect(await end).toBeInstanceOf(XqbusError);
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual(expected);
  });
});

describe("closing a service", () => {
  it("ends what runs, and leaves the rest to others", async () => {
    const url = (await broker()).url("admin");
    const open = gate();
    const first = await serve(url, { work: () => open.passed.then(() => "first") }, { concurrency: 2 });
    const core = proxyOf<{ work(): string }>(url);
    const begun = [core.work(), core.work()];
    await vi.waitFor(() => expect(first.counts.called).toBe(2), 20_000);
    const waits = core.work();
    const closed = first.close({ timeoutMs: 20_000 });
    await serve(url, { work: () => "second" });
    expect(await waits).toBe("second");
    open.pass();
    await closed;
    expect(await Promise.all(begun)).toEqual(["first", "first"]);
    expect(await first.join()).toBeUndefined();
  });
});

describe("foreign messages", () => {
  /** A caller that writes its requests by hand. */
  async function foreign(url: string): Promise<{
    readonly replyTo: string;
    readonly ask: (body: unknown, fields?: object) => Promise<Record<string, unknown>>;
    readonly tell: (to: string, body: unknown, fields?: object) => void;
  }> {
    const { hostname: host, port, username, password } = new URL(url);
    const container = rhea.create_container();
    const connection = container.connect({ host, port: Number(port), username, password, reconnect: false });
    container.on("disconnected", () => undefined);
    const answers: Record<string, unknown>[] = [];
    const receiver: Receiver = connection.open_receiver({ source: { dynamic: true } as never });
    await once(receiver, "receiver_open");
    receiver.on("message", (context: EventContext) => {
      const { text, correlation_id: correlation } = rawMessage(context);
      answers.push({ body: JSON.parse(text), correlation });
    });
    const sender = connection.open_sender({ target: {} });
    await once(sender, "sendable");
    cleanUps.push(async () => {
      connection.close();
      await once(connection, "connection_close");
    });
    const tell = (to: string, body: unknown, fields: object = {}): void => {
      const content = rhea.message.data_section(Buffer.from(body as string)) as unknown;
      sender.send({ to, body: content, ...fields });
    };
    return {
      replyTo: receiver.source.address,
      tell,
      ask: async (body, fields = {}) => {
        const seen = answers.length;
        tell("org.clacks.command.core", body, { reply_to: receiver.source.address, message_id: "m1", ...fields });
        await vi.waitFor(() => expect(answers.length).toBe(seen + 1), 20_000);
        return answers.at(-1) ?? {};
      },
    };
  }

  it.each([
    ["no JSON", "{", -32700, null],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]), -32700, null],
    ["a batch", "[]", -32600, null],
    ["a number", "1", -32600, null],
    ["no version", '{"method":"add","id":1}', -32600, 1],
    ["another version", '{"jsonrpc":"1.0","method":"add","id":1}', -32600, 1],
    ["no method", '{"jsonrpc":"2.0","id":"a"}', -32600, "a"],
    ["a method that is a number", '{"jsonrpc":"2.0","id":"a","method":1}', -32600, "a"],
    ["an endless name", `{"jsonrpc":"2.0","id":"a","method":"${"x".repeat(300)}"}`, -32600, "a"],
    ["parameters that are a text", '{"jsonrpc":"2.0","id":"a","method":"add","params":"1"}', -32600, "a"],
    ["an id that is an object", '{"jsonrpc":"2.0","id":{},"method":"add"}', -32600, null],
    ["an unknown method", '{"jsonrpc":"2.0","id":"a","method":"sub"}', -32601, "a"],
    ["the prototype as method", '{"jsonrpc":"2.0","id":"a","method":"__proto__"}', -32601, "a"],
    [
      "deep nesting",
      `{"jsonrpc":"2.0","id":"a","method":"sub","params":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
      -32700,
      null,
    ],
    [
      "brackets in texts",
      `{"jsonrpc":"2.0","id":"a","method":"sub","params":["\\"${"[".repeat(9_000)}"]}`,
      -32601,
      "a",
    ],
  ])("are answered with an error: %s", async (_, body, code, id) => {
    const url = (await broker()).url("admin");
    await serve(url, calculator);
    const { ask } = await foreign(url);
    expect(await ask(body)).toMatchObject({ body: { jsonrpc: "2.0", id, error: { code } }, correlation: "m1" });
  });

  it("are understood as any JSON-RPC 2.0, also as a notification", async () => {
    const url = (await broker()).url("admin");
    const noted: unknown[] = [];
    const service = await serve(url, { ...calculator, note: (text: unknown) => void noted.push(text) });
    const { ask, tell } = await foreign(url);
    expect(await ask('{"jsonrpc":"2.0","id":7,"method":"add","params":[1,2]}', { correlation_id: "c" })).toEqual({
      body: { jsonrpc: "2.0", id: 7, result: 3 },
      correlation: "c",
    });
    tell("org.clacks.command.core", '{"jsonrpc":"2.0","method":"note","params":["x"]}');
    await vi.waitFor(() => expect(noted).toEqual(["x"]), 20_000);
    tell("org.clacks.command.core", '{"jsonrpc":"2.0","id":1,"method":"note","params":["y"]}');
    await vi.waitFor(() => expect(service.counts.unanswerable).toBe(1), 20_000);
    expect(noted).toEqual(["x"]);
  });

  it("cannot lead the service's answers to places that are not theirs", async () => {
    const url = (await broker()).url("admin");
    const service = await serve(url, calculator);
    await using consumer = await AMQPEventConsumer.open(url, { onError: () => undefined });
    const { tell } = await foreign(url);
    const request = '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}';
    for (const reply_to of ["org.clacks", "org.clacks.command.core"])
      tell("org.clacks.command.core", request, { reply_to });
    await vi.waitFor(() => expect(service.counts.unanswerable).toBe(2), 20_000);
    expect([consumer.counts.received, service.counts.called]).toEqual([0, 0]);
  });

  it("that answer nothing are dropped and counted, whatever is in them", async () => {
    const url = (await broker()).url("admin");
    const { tell } = await foreign(url);
    // A service that answers falsely.
    const container = rhea.create_container();
    const { hostname: host, port, username, password } = new URL(url);
    const connection = container.connect({ host, port: Number(port), username, password, reconnect: false });
    cleanUps.push(async () => {
      connection.close();
      await once(connection, "connection_close");
    });
    const receiver = connection.open_receiver({
      source: { address: "org.clacks.command.core", capabilities: ["queue"] } as never,
    });
    await once(receiver, "receiver_open");
    const falsehoods: Record<string, (id: string) => readonly [body: string, correlation: string | undefined]> = {
      "another correlation": (id) => [`{"jsonrpc":"2.0","id":"${id}","result":1}`, "other"],
      "no correlation": (id) => [`{"jsonrpc":"2.0","id":"${id}","result":1}`, undefined],
      "another id": (id) => ['{"jsonrpc":"2.0","id":"other","result":1}', id],
      "no JSON": (id) => ["<Event/>", id],
      "no result": (id) => [`{"jsonrpc":"2.0","id":"${id}"}`, id],
      "an error that is none": (id) => [`{"jsonrpc":"2.0","id":"${id}","error":{"code":"x"}}`, id],
    };
    receiver.on("message", (context: EventContext) => {
      const { text, reply_to = "" } = rawMessage(context);
      const { id, method } = JSON.parse(text) as { id: string; method: string };
      const [body, correlation_id] = falsehoods[method.replaceAll("_", " ")]?.(id) ?? ["", undefined];
      tell(reply_to, body, correlation_id === undefined ? {} : { correlation_id });
    });
    const core = proxyOf(url);
    for (const name of ["another id", "no JSON", "no result", "an error that is none"]) {
      await expect(core.call(name.replaceAll(" ", "_"))).rejects.toMatchObject({ code: "xqbus:service-failed" });
    }
    const abort = new AbortController();
    const calls = ["another_correlation", "no_correlation"].map((name) =>
      core.call(name, [], { signal: abort.signal }),
    );
    await vi.waitFor(() => expect(core.counts.foreign).toBe(2), 20_000);
    abort.abort();
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

describe("sendEvent of a service", () => {
  const PHONE =
    '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>1</CallerId><ReceiverId>2</ReceiverId><Status>busy</Status></PhoneStatus></Event>';

  it("checks as the seed did: well-formed, valid, permitted, sent", async () => {
    const started = await broker();
    const url = started.url("admin");
    using catalog = await loadCatalog();
    const rules = [
      { effect: "allow", user: "ada", action: "publish", address: "org.clacks", event: "Phone*" },
    ] as const;
    await serve(
      url,
      {},
      {
        events: {
          catalog,
          mayFor: ({ user, domain, event }) =>
            checkAccess(rules, { user, action: "publish", address: domain, event }).isAllowed,
        },
      },
    );
    await using consumer = await AMQPEventConsumer.open(url);
    const ada = proxyOf(started.url("ada"), { eventsBy: "service" });
    expect(await ada.getMethods()).toEqual(["getMethods", "sendEvent"]);
    await ada.sendEvent(PHONE, { messageId: "one", correlationId: "c" });
    for await (const { event, properties } of consumer) {
      expect([event.name, properties.messageId, properties.correlationId]).toEqual(["PhoneStatus", "one", "c"]);
      break;
    }
    const invalid = PHONE.replace("<Status>busy</Status>", "");
    await expect(ada.sendEvent(invalid)).rejects.toThrow(InvalidEventError);
    await expect(ada.sendEvent("<Event>")).rejects.toMatchObject({ code: "xqbus:invalid-event" });
    await expect(ada.call("sendEvent", ["<Event>"])).rejects.toMatchObject({ code: "xqbus:invalid-event" });
    await expect(ada.call("sendEvent", [1])).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
    const leave = '<Event xmlns="http://www.gonicus.de/Events"><ClientLeave><Id>1</Id></ClientLeave></Event>';
    await expect(ada.sendEvent(leave)).rejects.toMatchObject({
      code: "xqbus:not-permitted",
      message: 'core.sendEvent: user "ada" has no right org.clacks.event.ClientLeave:x, and so may not send the event',
    });
    // What is invalid is told before what is not permitted.
    await expect(ada.sendEvent(leave.replace("<Id>1</Id>", ""))).rejects.toThrow(InvalidEventError);
    await expect(proxyOf(url, { eventsBy: "service" }).sendEvent(PHONE)).rejects.toMatchObject({
      code: "xqbus:not-permitted",
    });
  });

  it("takes nothing but true for a right", async () => {
    const url = (await broker()).url("admin");
    using catalog = await loadCatalog();
    const mayFor = (): boolean => ({ isAllowed: false }) as unknown as boolean;
    await serve(url, {}, { events: { catalog, mayFor } });
    const core = proxyOf(url, { eventsBy: "service" });
    await expect(core.sendEvent(PHONE)).rejects.toMatchObject({ code: "xqbus:not-permitted" });
  });

  it("needs a service", () => {
    expect(() => new AMQPServiceProxy("amqp://localhost", { eventsBy: "service" })).toThrow(
      expect.objectContaining({ code: "xqbus:illegal-argument" }),
    );
  });
});
