import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { string } from "../../../src/broker/protocol/codec/amqp-value.ts";
import { ACCEPTED } from "../../../src/broker/protocol/nodes.ts";
import type { Outcome, Source } from "../../../src/broker/protocol/nodes.ts";
import { attachReceiver, attachSender, BEGIN, frame, frames, MESSAGE, OPEN } from "../raw-client.ts";
import { Engine, flow, on } from "./engine.ts";
import type { Peer, ReceivedFrame } from "./engine.ts";
import { composite, types } from "./rhea-types.ts";
import { REFUSAL } from "./scripted-nodes.ts";

let engine: Engine;
let peer: Peer;

beforeEach(async () => {
  engine = await Engine.start({ publisherCredit: 8, maxUnsettled: 100 });
  peer = await engine.peer();
});

afterEach(async () => {
  await engine.close();
});

function transfer(id: number, fields: object = {}, payload: Buffer = MESSAGE): Buffer {
  return frame(frames.transfer({ handle: 0, delivery_id: id, delivery_tag: Buffer.from(`${id}`), ...fields }), payload);
}

function disposition(first: number, fields: object): Buffer {
  return frame(frames.disposition({ role: true, first, ...fields }));
}

function detach(handle: number, closed = true): Buffer {
  return frame(frames.detach({ handle, closed }));
}

async function consumer(credit: number, fields: object = {}): Promise<ReceivedFrame> {
  peer.write(attachReceiver(fields));
  const attach = await peer.next("attach");
  peer.write(flow({ handle: 1, delivery_count: 0, link_credit: credit }));
  return attach;
}

async function publisher(fields: object = {}): Promise<ReceivedFrame> {
  peer.write(attachSender(fields));
  return peer.next("attach");
}

function errorOf({ fields }: ReceivedFrame): unknown {
  const { condition, description } = fields["error"] as { condition: string; description: string };
  return { condition, description };
}

function texts(received: readonly ReceivedFrame[]): readonly string[] {
  return received.filter(({ type }) => type === "transfer").map(({ payload }) => payload.toString());
}

describe("An attach", () => {
  it("reaches the node with all that the client asks for", async () => {
    const source = composite(
      0x28,
      "address",
      types.wrap_uint(2),
      types.wrap_symbol("never"),
      types.wrap_uint(60),
      null,
      null,
      types.wrap_symbol("copy"),
      types.wrap_symbolic_map({
        code: types.wrap_described("text", 0x468c_0000_0004),
        name: types.wrap_described("text", "apache.org:xquery-filter:string"),
        bare: "text",
      }),
      null,
      null,
      types.wrap_array(["shared", "global"], 0xa3),
    );
    engine.nodes.granted = {
      ...{ address: "address", durable: 1, expiryPolicy: "never", timeoutSeconds: 30, capabilities: ["shared"] },
      ...{ distributionMode: "move", filters: ["name"] },
    };
    const { fields } = await consumer(0, { source, properties: { a: "b" } });
    expect(engine.nodes.source.request).toEqual({
      link: {
        ...{ name: "in", containerId: "raw", user: "admin", connection: expect.any(Number) as number },
        ends: expect.any(Object) as object,
      },
      resumes: false,
      ...{ address: "address", dynamic: undefined, durable: 2, expiryPolicy: "never", timeoutSeconds: 60 },
      ...{ capabilities: ["shared", "global"], distributionMode: "copy" },
      properties: {
        type: "map",
        value: [
          [
            { type: "symbol", value: "a" },
            { type: "string", value: "b" },
          ],
        ],
      },
      filters: [
        { name: "code", descriptor: 0x468c_0000_0004n, value: { type: "string", value: "text" } },
        { name: "name", descriptor: "apache.org:xquery-filter:string", value: { type: "string", value: "text" } },
        { name: "bare", descriptor: undefined, value: { type: "string", value: "text" } },
      ],
    });
    const granted = fields["source"] as { value: readonly { readonly value: unknown }[] };
    const [address, durable, expiry, timeout, dynamic, , mode, filter] = granted.value.map(({ value }) => value);
    expect([address, durable, expiry, timeout, dynamic ?? null, mode]).toEqual([
      ...["address", 1, "never", 30, null, "move"],
    ]);
    const [name, value, ...more] = filter as readonly { readonly value: string; readonly descriptor?: object }[];
    expect([name?.value, value?.value, more]).toEqual(["name", "text", []]);
    expect(value?.descriptor).toMatchObject({ value: "apache.org:xquery-filter:string" });
  });

  it.each([
    [0x2b, "delete-on-close"],
    [0x2c, "delete-on-no-links"],
    [0x2d, "delete-on-no-messages"],
    [0x2e, "delete-on-no-links-or-messages"],
    [undefined, "delete-on-close"],
  ])("of a dynamic source with the lifetime policy %s asks for %s", async (code, lifetime) => {
    const properties = code === undefined ? null : types.wrap_symbolic_map({ "lifetime-policy": composite(code) });
    await consumer(0, { source: composite(0x28, "ignored", null, null, null, true, properties) });
    expect(engine.nodes.source.request).toMatchObject({ address: undefined, dynamic: { lifetime } });
  });

  it.each<[string, object, string]>([
    ["an unknown durability", { source: composite(0x28, "a", types.wrap_uint(3)) }, "durable is 3; expected 0, 1 or 2"],
    [
      "an unknown expiry policy",
      { source: composite(0x28, "a", null, types.wrap_symbol("sometimes")) },
      'expiry-policy is "sometimes"; expected one of link-detach, session-end, connection-close, never',
    ],
    [
      "an unknown lifetime policy",
      {
        source: composite(
          0x28,
          null,
          null,
          null,
          null,
          true,
          types.wrap_symbolic_map({ "lifetime-policy": composite(0x2f) }),
        ),
      },
      "the lifetime-policy is none of those of AMQP 1.0, part 3.5.10 to 3.5.13",
    ],
  ])("with %s is refused", async (_name, fields, description) => {
    peer.write(attachReceiver(fields));
    expect((await peer.next("attach")).fields["source"]).toMatchObject({});
    expect(errorOf(await peer.next("detach"))).toEqual({ condition: "amqp:invalid-field", description });
    expect(engine.nodes.sources).toEqual([]);
  });

  it("without source asks the node for what a link of that name had, and tells what that was", async () => {
    const filter = { name: "f", descriptor: "apache.org:selector-filter:string", value: string("a = 1") };
    engine.nodes.granted = { address: "address", durable: 2, expiryPolicy: "never", resumedFilters: [filter] };
    const wanted = { desired_capabilities: ["shared", "global"] };
    const { fields } = await consumer(0, { source: undefined, ...wanted });
    expect(engine.nodes.source.request).toMatchObject({
      ...{ resumes: true, address: undefined, capabilities: ["shared", "global"], filters: [], link: { name: "in" } },
    });
    const granted = fields["source"] as { value: readonly { readonly value: unknown }[] };
    const [address, durable, expiry, , , , , filters] = granted.value.map(({ value }) => value);
    expect([address, durable, expiry]).toEqual(["address", 2, "never"]);
    const [name, value] = filters as readonly { readonly value: string }[];
    expect([name?.value, value?.value]).toEqual(["f", "a = 1"]);
  });

  it("of a publisher without target is refused", async () => {
    peer.write(attachSender({ target: undefined }));
    expect(errorOf(await peer.next("detach"))).toEqual({
      ...{ condition: "amqp:invalid-field", description: "the attach has no target; expected one with an address" },
    });
  });

  it("may be decided later, and the credit that came in between counts", async () => {
    let decide: (source: Source) => void = () => {};
    engine.nodes.onSource = () => new Promise<Source>((resolve) => (decide = resolve));
    peer.write(attachReceiver(), flow({ handle: 1, delivery_count: 0, link_credit: 2 }));
    expect(await peer.rest()).toEqual([]);
    const { source } = engine.nodes;
    source.push("a", "b", "c");
    decide(source);
    expect(texts(await peer.rest())).toEqual(["a", "b"]);
    expect(engine.context.tally.links).toBe(1);
  });

  it("may be refused later", async () => {
    engine.nodes.onTarget = () => Promise.resolve(REFUSAL);
    peer.write(attachSender());
    const attach = await peer.next("attach");
    expect((attach.fields["target"] as { value?: unknown }).value ?? null).toBeNull();
    expect(errorOf(await peer.next("detach"))).toEqual({ condition: "amqp:not-found", description: "no such node" });
    peer.write(detach(0), attachSender());
    await peer.next("attach");
  });

  it("whose node fails is refused with an internal error", async () => {
    engine.nodes.onTarget = () => Promise.reject(new Error("the disk is gone"));
    peer.write(attachSender());
    expect(errorOf(await peer.next("detach"))).toEqual({
      ...{ condition: "amqp:internal-error", description: "the disk is gone" },
    });
  });

  it("may be taken back before it is decided", async () => {
    let decide: (source: Source) => void = () => {};
    engine.nodes.onSource = () => new Promise<Source>((resolve) => (decide = resolve));
    peer.write(attachReceiver(), detach(1));
    expect((await peer.until("detach")).map(({ type }) => type)).toEqual(["attach", "detach"]);
    decide(engine.nodes.source);
    await peer.rest();
    expect(engine.nodes.source.departures).toEqual(["closed"]);
    expect(engine.context.tally.links).toBe(0);
  });

  it("of a publisher that settles second is answered with first", async () => {
    expect((await publisher({ rcv_settle_mode: 1 })).fields["rcv_settle_mode"]).toBe(0);
  });

  it("with unsettled deliveries is answered without any: nothing is resumed", async () => {
    const unsettled = types.wrap_map({ tag: null });
    const { fields } = await publisher({ unsettled, incomplete_unsettled: true });
    expect((fields["unsettled"] as { value?: unknown } | null)?.value ?? null).toBeNull();
    peer.write(transfer(0, { resume: true }));
    expect(errorOf(await peer.next("detach"))).toMatchObject({ condition: "amqp:not-implemented" });
  });
});

describe("A link of the same container and name", () => {
  const again = (): Buffer => Buffer.concat([on(1, frames.begin(WINDOWS)), attachOn(1)]);

  it("steals the link of another session", async () => {
    await consumer(1);
    const first = engine.nodes.source;
    peer.write(again());
    const detached = await peer.next("detach");
    expect([detached.channel, errorOf(detached)]).toEqual([
      0,
      { condition: "amqp:link:stolen", description: "a link of the same container and name was attached elsewhere" },
    ]);
    expect(first.departures).toEqual(["stolen"]);
    expect((await peer.next("attach")).channel).toBe(1);
    expect(engine.context.tally.links).toBe(1);
  });

  it("steals the link of another connection", async () => {
    await consumer(1);
    const other = await engine.peer();
    other.write(attachReceiver());
    await other.next("attach");
    expect(errorOf(await peer.next("detach"))).toMatchObject({ condition: "amqp:link:stolen" });
  });

  it("is another link when another user has it, or when it goes the other way", async () => {
    await consumer(1);
    const other = await engine.peer(OPEN, BEGIN, "bob");
    other.write(attachReceiver(), attachSender({ name: "in" }));
    await other.next("attach");
    await other.next("attach");
    expect(await peer.rest()).toEqual([]);
  });

  it("on the same session ends that session", async () => {
    await consumer(1);
    peer.write(attachReceiver({ handle: 2 }));
    expect(errorOf(await peer.next("end"))).toMatchObject({ condition: "amqp:not-allowed" });
  });

  it("may be attached again after the first one was detached", async () => {
    for (let i = 0; i < 3; i++) {
      await consumer(1);
      peer.write(detach(1, false));
      expect((await peer.next("detach")).fields["closed"]).toBe(false);
    }
    expect(engine.nodes.sources.map(({ departures }) => departures)).toEqual(Array(3).fill(["detached"]));
  });
});

describe("A consumer", () => {
  it.each<[string, object, Outcome]>([
    ["accepted", { state: composite(0x24) }, ACCEPTED],
    ["released", { state: composite(0x26) }, { kind: "released" }],
    [
      "rejected with an error",
      { state: composite(0x25, composite(0x1d, types.wrap_symbol("x:y"), "why")) },
      { kind: "rejected", error: { condition: "x:y", description: "why" } },
    ],
    ["rejected without one", { state: composite(0x25) }, { kind: "rejected" }],
    [
      "modified with annotations",
      { state: composite(0x27, true, false, types.wrap_symbolic_map({ "x-opt-a": "b" })) },
      {
        ...{ kind: "modified", deliveryFailed: true, undeliverableHere: false },
        annotations: {
          type: "map",
          value: [
            [
              { type: "symbol", value: "x-opt-a" },
              { type: "string", value: "b" },
            ],
          ],
        },
      },
    ],
    ["nothing", {}, { kind: "modified", deliveryFailed: true, undeliverableHere: false }],
  ])("that settles with %s tells the source", async (_name, fields, outcome) => {
    await consumer(1);
    const { source } = engine.nodes;
    source.push("a");
    const [given] = source.queue;
    await peer.next("transfer");
    peer.write(disposition(0, { settled: true, ...fields }));
    await peer.rest();
    expect(source.outcomes).toEqual([outcome]);
    expect(source.settled[0]?.message).toBe(given);
    peer.write(disposition(0, { settled: true, ...fields }));
    await peer.rest();
    expect(engine.nodes.source.outcomes).toHaveLength(1);
  });

  it("that settles without an outcome means its default outcome", async () => {
    const released = composite(0x26);
    await consumer(1, { source: composite(0x28, "a", null, null, null, null, null, null, null, released) });
    engine.nodes.source.push("a");
    await peer.next("transfer");
    peer.write(disposition(0, { settled: true }));
    await peer.rest();
    expect(engine.nodes.source.outcomes).toEqual([{ kind: "released" }]);
  });

  it("that has received a part has not settled", async () => {
    await consumer(1);
    engine.nodes.source.push("a");
    await peer.next("transfer");
    peer.write(disposition(0, { state: composite(0x23, types.wrap_uint(0), types.wrap_ulong(1)) }));
    await peer.rest();
    expect(engine.nodes.source.outcomes).toEqual([]);
  });

  it("that leaves settling to the broker gets its outcomes back, runs of them as one", async () => {
    await consumer(10);
    engine.nodes.source.push("a", "b", "c", "d");
    await peer.rest();
    peer.write(disposition(0, { last: 2, state: composite(0x24) }), disposition(3, { state: composite(0x26) }));
    const answers = await peer.rest();
    expect(answers.map(({ fields }) => [fields["role"], fields["first"], fields["last"], fields["settled"]])).toEqual([
      [false, 0, 2, true],
      [false, 3, null, true],
    ]);
  });

  it("that wants messages settled gets them so", async () => {
    await consumer(2, { snd_settle_mode: 1 });
    engine.nodes.source.push("a");
    expect((await peer.next("transfer")).fields["settled"]).toBe(true);
    expect(engine.nodes.source.outcomes).toEqual(["settled"]);
  });

  it("gets no message that is larger than it wants", async () => {
    await consumer(2, { max_message_size: types.wrap_ulong(3) });
    engine.nodes.source.push("abcd", "abc");
    expect(texts(await peer.rest())).toEqual(["abc"]);
    expect(engine.nodes.source.outcomes).toEqual([{ kind: "modified", deliveryFailed: true, undeliverableHere: true }]);
  });

  it.each([0, 2, 3])(
    "that drains gets the %d messages that there are, and its credit is used up at once",
    async (count) => {
      await consumer(0);
      engine.nodes.source.push(...Array.from({ length: count }, (_, i) => `${i}`));
      peer.write(flow({ handle: 1, delivery_count: 0, link_credit: 3, drain: true }));
      const received = await peer.rest();
      expect(texts(received)).toHaveLength(count);
      const drained = received.filter(({ type }) => type === "flow").at(-1);
      if (count < 3) expect(drained?.fields).toMatchObject({ delivery_count: 3, link_credit: 0, drain: true });
      engine.nodes.source.push("later");
      expect(await peer.rest()).toEqual([]);
    },
  );

  it("that drains waits for a message that is being fetched", async () => {
    await consumer(0);
    const { source } = engine.nodes;
    source.whenEmpty = "later";
    peer.write(flow({ handle: 1, delivery_count: 0, link_credit: 3, drain: true }));
    expect(await peer.rest()).toEqual([]);
    source.whenEmpty = "empty";
    source.push("a");
    const [message, drained] = await peer.rest();
    expect(message?.payload.toString()).toBe("a");
    expect(drained?.fields).toMatchObject({ delivery_count: 3, link_credit: 0, drain: true });
  });

  it("does not wait for another one's long message", async () => {
    await consumer(10);
    const long = engine.nodes.source;
    peer.write(attachReceiver({ name: "other", handle: 2 }));
    await peer.next("attach");
    peer.write(flow({ handle: 2, delivery_count: 0, link_credit: 10 }));
    long.push(Buffer.alloc(2_000_000));
    engine.nodes.source.push("short");
    const received: ReceivedFrame[] = [];
    while (received.filter(({ fields }) => fields["handle"] === 1).length < 31)
      received.push(await peer.next("transfer"));
    const place = received.findIndex(({ fields }) => fields["handle"] === 2);
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThan(10);
    const parts = received.filter(({ fields }) => fields["handle"] === 1);
    expect(Buffer.concat(parts.map(({ payload }) => payload)).length).toBe(2_000_000);
  });

  it("with many unsettled deliveries waits, and goes on as soon as some are settled", async () => {
    await consumer(1000);
    engine.nodes.source.push(...Array.from({ length: 150 }, (_, i) => `${i}`));
    expect(texts(await peer.rest())).toHaveLength(100);
    peer.write(disposition(0, { last: 9, settled: true, state: composite(0x24) }));
    expect(texts(await peer.rest())).toHaveLength(10);
  });

  it("whose node closes the link is told why", async () => {
    await consumer(1);
    engine.nodes.source.link.close({ condition: "amqp:resource-deleted", description: "the queue was deleted" });
    expect(errorOf(await peer.next("detach"))).toEqual({
      ...{ condition: "amqp:resource-deleted", description: "the queue was deleted" },
    });
    expect(engine.nodes.source.departures).toEqual(["forced"]);
    engine.nodes.source.push("too late");
    expect(await peer.rest()).toEqual([]);
  });
});

describe("A publisher", () => {
  it("gets the outcome that the target gives later, whatever order", async () => {
    await publisher();
    const decide: ((outcome: Outcome) => void)[] = [];
    engine.nodes.target.answer = () => new Promise((resolve) => decide.push(resolve));
    peer.write(transfer(0), transfer(1));
    await peer.rest();
    decide[1]?.({ kind: "rejected", error: { condition: "x:y", description: "why" } });
    const rejected = await peer.next("disposition");
    expect([rejected.fields["first"], rejected.fields["settled"]]).toEqual([1, true]);
    decide[0]?.(ACCEPTED);
    expect((await peer.next("disposition")).fields["first"]).toBe(0);
  });

  it("hears of a target that failed", async () => {
    await publisher();
    engine.nodes.target.answer = () => Promise.reject(new Error("the disk is full"));
    peer.write(transfer(0));
    const { fields } = await peer.next("disposition");
    expect(JSON.stringify(fields["state"])).toContain("the disk is full");
  });

  it("gets no credit for messages whose outcome is pending", async () => {
    await publisher();
    await peer.next("flow");
    const decide: ((outcome: Outcome) => void)[] = [];
    engine.nodes.target.answer = () => new Promise((resolve) => decide.push(resolve));
    peer.write(...Array.from({ length: 8 }, (_, i) => transfer(i)));
    expect((await peer.rest()).filter(({ type }) => type === "flow")).toEqual([]);
    for (const settle of decide) settle(ACCEPTED);
    expect((await peer.next("flow")).fields["link_credit"]).toBeGreaterThan(0);
  });

  it("gets no credit while the target is full", async () => {
    await publisher();
    await peer.next("flow");
    engine.nodes.target.link.pause(true);
    peer.write(...Array.from({ length: 8 }, (_, i) => transfer(i)));
    expect((await peer.rest()).filter(({ type }) => type === "flow")).toEqual([]);
    engine.nodes.target.link.pause(false);
    expect((await peer.next("flow")).fields["link_credit"]).toBe(8);
  });

  it("may send a message in pieces, and take one back", async () => {
    await publisher();
    peer.write(
      transfer(0, { more: true }, MESSAGE.subarray(0, 3)),
      frame(frames.transfer({ handle: 0, aborted: true })),
      transfer(1, { more: true }, MESSAGE.subarray(0, 3)),
      frame(frames.transfer({ handle: 0, more: true }), MESSAGE.subarray(3, 6)),
      frame(frames.transfer({ handle: 0 }), MESSAGE.subarray(6)),
    );
    expect((await peer.next("disposition")).fields).toMatchObject({ first: 1 });
    expect(engine.nodes.target.published).toEqual([MESSAGE.toString("latin1")]);
    expect(engine.context.budget.used).toBe(0);
  });

  it("may send messages in pieces over several links at once", async () => {
    await publisher();
    const first = engine.nodes.target;
    await publisher({ name: "two", handle: 1 });
    const piece = (handle: number, id: number, more: boolean, bytes: Buffer): Buffer =>
      frame(frames.transfer({ handle, delivery_id: id, more }), bytes);
    peer.write(
      ...[piece(0, 0, true, MESSAGE.subarray(0, 3)), piece(1, 1, true, MESSAGE.subarray(0, 5))],
      ...[piece(0, 0, false, MESSAGE.subarray(3)), piece(1, 1, false, MESSAGE.subarray(5))],
    );
    await peer.rest();
    expect([first.published, engine.nodes.target.published]).toEqual([
      [MESSAGE.toString("latin1")],
      [MESSAGE.toString("latin1")],
    ]);
  });

  it("hears nothing about messages that it sent settled", async () => {
    await publisher();
    peer.write(transfer(0, { settled: true }), transfer(1, { more: true }, MESSAGE.subarray(0, 3)));
    peer.write(frame(frames.transfer({ handle: 0, settled: true }), MESSAGE.subarray(3)));
    expect((await peer.rest()).filter(({ type }) => type === "disposition")).toEqual([]);
    expect(engine.nodes.target.published).toHaveLength(2);
  });

  it("gets its outcomes before the answer to its detach", async () => {
    await publisher();
    peer.write(transfer(0), detach(0));
    const received = await peer.until("detach");
    expect(received.map(({ type }) => type).filter((type) => type !== "flow")).toEqual(["disposition", "detach"]);
  });

  it("that goes while an outcome is pending does no harm", async () => {
    await publisher();
    let decide: (outcome: Outcome) => void = () => {};
    engine.nodes.target.answer = () => new Promise((resolve) => (decide = resolve));
    peer.write(transfer(0), detach(0));
    await peer.next("detach");
    decide(ACCEPTED);
    expect(await peer.rest()).toEqual([]);
  });

  it("whose message changes its id on the way loses its session", async () => {
    await publisher();
    peer.write(transfer(0, { more: true }), transfer(1));
    expect(errorOf(await peer.next("end"))).toEqual({
      ...{ condition: "amqp:illegal-state", description: "delivery-id is 1; expected 0" },
    });
  });
});

const WINDOWS = { next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048 };

/** The consumer's attach on another channel. */
function attachOn(channel: number): Buffer {
  const bytes = Buffer.from(attachReceiver());
  bytes.writeUInt16BE(channel, 6);
  return bytes;
}
