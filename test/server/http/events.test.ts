import { expectTypeOf, describe, expect, it } from "vitest";
import { NotConnectedError } from "../../../src/amqp/index.ts";
import { XqbusError } from "../../../src/errors.ts";
import { Event, toJson } from "../../../src/event/index.ts";
import { ApiClient, ApiError, type PublishedEvent } from "../../../src/server/api-client/index.ts";
import { ANY_TEXT, answerOf, apis, textLike } from "./harness.ts";

const { start } = apis();

describe("POST /events", () => {
  it.each(["application/xml", "text/xml", "application/xml; charset=utf-8"])("takes %s", async (type) => {
    const api = await start();
    const document = api.parts.catalog.sample("PhoneStatus", { seed: 7 });
    const answer = await answerOf(
      await api.call("/events", { method: "POST", headers: { "content-type": type }, body: document }),
    );
    expect(answer).toEqual({
      status: 202,
      type: "application/json; charset=utf-8",
      body: { id: ANY_TEXT, type: "PhoneStatus", subject: "org.clacks.event.PhoneStatus" },
    });
    expect(api.bus.events.map(String)).toEqual([document]);
  });

  it("takes the JSON form, and gives back what is then on the bus", async () => {
    const api = await start();
    const { catalog } = api.parts;
    const event = Event.parse(catalog.sample("CollectD", { seed: 3 }), { catalog });
    const published = await api.client.events.publish(toJson(event, catalog));
    expectTypeOf(published).toEqualTypeOf<PublishedEvent>();
    expect(published).toEqual({ id: ANY_TEXT, type: "CollectD", subject: "org.clacks.event.CollectD" });
    expect(api.bus.events.map((each) => toJson(each, catalog))).toEqual([toJson(event, catalog)]);
  });

  it("sends with the id that the caller gives, so that receivers know a repetition", async () => {
    const api = await start();
    const consumer = await api.bus.consumer();
    const document = api.parts.catalog.sample("PhoneStatus");
    for (let time = 0; time < 2; time++) {
      expect((await api.client.events.publish(document, { id: "order-17/a" })).id).toBe("order-17/a");
    }
    const ids: unknown[] = [];
    for await (const { properties } of consumer) {
      ids.push(properties.messageId);
      if (ids.length === 2) break;
    }
    expect(ids).toEqual(["order-17/a", "order-17/a"]);
  });

  it("goes on with the caller's trace, and not with one that is none", async () => {
    const api = await start();
    const consumer = await api.bus.consumer();
    const body = api.parts.catalog.sample("PhoneStatus");
    const valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (const traceparent of [valid, "00-00000000000000000000000000000000-00f067aa0ba902b7-01"]) {
      await api.call("/events", { method: "POST", headers: { "content-type": "text/xml", traceparent }, body });
    }
    const seen: unknown[] = [];
    for await (const { properties } of consumer) {
      seen.push(properties.applicationProperties["traceparent"]);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([valid, undefined]);
  });

  it.each([
    ["event:publish:PhoneStatus", 202],
    ["event:publish:*", 202],
    ["event:publish:#", 202],
    ["event:publish", 202],
    ["admin", 202],
    ["event:publish:CollectD", 403],
    ["event:publish:PhoneStatus.*", 403],
    ["event:publish:Phone*", 403],
    ["event:consume:PhoneStatus", 403],
  ])("with scope %s answers %i to a PhoneStatus", async (scope, status) => {
    const api = await start();
    const headers = { "content-type": "text/xml", authorization: `Bearer ${await api.token(scope)}` };
    const body = api.parts.catalog.sample("PhoneStatus");
    expect((await api.call("/events", { method: "POST", headers, body })).status).toBe(status);
    expect((await api.call("/events/validate", { method: "POST", headers, body })).status).toBe(
      status === 202 ? 200 : 403,
    );
    expect(api.bus.events.length).toBe(status === 202 ? 1 : 0);
  });

  it.each([
    ["the XML form", "application/xml"],
    ["the JSON form", "application/json"],
  ])("takes a routing key with %s", async (_, type) => {
    const api = await start();
    const { catalog } = api.parts;
    await using consumer = await api.bus.consumer();
    const document = catalog.sample("PhoneStatus");
    const body =
      type === "application/xml" ? document : JSON.stringify(toJson(Event.parse(document, { catalog }), catalog));
    const answer = await answerOf(
      await api.call("/events?routingKey=crm.lead.%C3%BCber", {
        method: "POST",
        headers: { "content-type": type },
        body,
      }),
    );
    expect(answer).toMatchObject({ status: 202, body: { type: "PhoneStatus", subject: "crm.lead.über" } });
    const { value } = await consumer[Symbol.asyncIterator]().next();
    expect(value?.properties.subject).toBe("crm.lead.über");
  });

  it("takes a tag string, and refuses one without routing key or that is no text", async () => {
    const api = await start();
    const text = "customer_pending state:created guid:5a1b ü";
    const published = await api.client.events.publishTags("crm.lead", text, { id: "t-1" });
    expect(published).toEqual({ id: "t-1", type: "TagEvent", subject: "crm.lead" });
    const [event] = api.bus.events;
    expect(event?.get("Text")).toBe(text);
    const headers = { "content-type": "text/plain" };
    for (const [path, body, status, code] of [
      ["/events", text, 400, "xqbus:illegal-argument"],
      ["/events?routingKey=a", new Uint8Array([0xff, 0x20]), 422, "xqbus:unsupported-encoding"],
      ["/events?routingKey=a", "x\u0001", 422, "xqbus:illegal-character"],
      ["/events?routingKey=a", "a ".repeat(10_001), 413, "xqbus:limit-exceeded"],
    ] as const) {
      const answer = await answerOf(await api.call(path, { method: "POST", headers, body }));
      expect(answer).toMatchObject({ status, body: { code } });
    }
    const checked = await answerOf(await api.call("/events/validate", { method: "POST", headers, body: text }));
    expect(checked).toMatchObject({ status: 200, body: { type: "TagEvent" } });
    expect(api.bus.events).toHaveLength(1);
  });

  it.each(["", "a..b", "a.*", "#", "two words", "a\u0000b", "ü".repeat(128), "x".repeat(256)])(
    "refuses the routing key %j",
    async (routingKey) => {
      const api = await start();
      const sent = api.client.events.publish(api.parts.catalog.sample("PhoneStatus"), { routingKey });
      await expect(sent).rejects.toMatchObject({ status: 400, code: "xqbus:illegal-argument" });
      expect(api.bus.events).toEqual([]);
    },
  );

  it("does not let who may send one type only send it by the key of another one", async () => {
    const api = await start();
    const body = api.parts.catalog.sample("PhoneStatus");
    const limited = `Bearer ${await api.token("event:publish:PhoneStatus")}`;
    const status = async (key: string, authorization: string): Promise<number> => {
      const headers = { "content-type": "text/xml", authorization };
      return (await api.call(`/events?routingKey=${key}`, { method: "POST", headers, body })).status;
    };
    for (const [key, expected] of [
      ["org.clacks.event.PhoneStatus", 202],
      ["crm.lead", 202],
      ["org.clacks.event.CollectD", 403],
      ["org.clacks.event.Unknown", 403],
    ] as const) {
      expect([key, await status(key, limited)]).toEqual([key, expected]);
    }
    expect(await status("org.clacks.event.CollectD", `Bearer ${await api.token("event:publish")}`)).toBe(202);
  });

  it.each([
    [new NotConnectedError("no broker at 10.1.2.3:5672"), 503, "xqbus:not-connected"],
    [new XqbusError("xqbus:limit-exceeded", "10000 events without an answer"), 503, "xqbus:limit-exceeded"],
    [new XqbusError("xqbus:timeout", "sending to 10.1.2.3 took too long"), 504, "xqbus:timeout"],
    [new XqbusError("amqp:unauthorized-access", "user x"), 502, "amqp:unauthorized-access"],
    [new XqbusError("xqbus:authentication-failed", "10.1.2.3 has refused"), 500, "xqbus:internal"],
    [new Error("boom at 10.1.2.3"), 500, "xqbus:internal"],
  ])("tells that the bus did not take it: %s", async (error, status, code) => {
    const publisher = { sendEvent: () => Promise.reject(error) } as never;
    const api = await start({}, { publisher });
    const body = api.parts.catalog.sample("PhoneStatus");
    const answer = await answerOf(
      await api.call("/events", { method: "POST", headers: { "content-type": "text/xml" }, body }),
    );
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(JSON.stringify(answer)).not.toContain("10.1.2.3");
  });

  it("is checked by /events/validate, which sends nothing", async () => {
    const api = await start();
    expect(await api.client.events.validate(api.parts.catalog.sample("PhoneStatus"))).toEqual({ type: "PhoneStatus" });
    const wrong =
      '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>1</CallerId></PhoneStatus></Event>';
    const error: unknown = await api.client.events.validate(wrong).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "xqbus:invalid-event", status: 422 });
    expect((error as ApiError).problems.length).toBeGreaterThan(0);
    expect(api.bus.events).toEqual([]);
  });
});

describe("event types and filters", () => {
  it("are told", async () => {
    const { client, parts } = await start();
    const types = await client.eventTypes.list();
    expect(types.map(({ name }) => name)).toEqual(parts.catalog.eventNames);
    const details = await client.eventTypes.get("PhoneStatus");
    expect(details).toMatchObject({ name: "PhoneStatus", type: "PhoneStatus", description: { name: "PhoneStatus" } });
    expect(JSON.stringify(details)).not.toContain(".xsd");
    expect(await client.eventTypes.sample("PhoneStatus", { seed: 5 })).toBe(
      parts.catalog.sample("PhoneStatus", { seed: 5 }),
    );
  });

  it("are checked and explained", async () => {
    const { client, parts } = await start();
    expect(await client.filters.check('/e:Event/e:PhoneStatus[e:CallerId = "1"]')).toEqual({
      canMatch: true,
      eventTypes: ["PhoneStatus"],
      problems: [],
    });
    expect(await client.filters.check("/e:Event/e:PhoneStatus/e:Statsu")).toMatchObject({
      canMatch: false,
      problems: [{ code: "xqbus:filter-unknown-step", severity: "error", line: 1 }],
    });
    const document = parts.catalog.sample("PhoneStatus");
    expect(await client.filters.explain("//e:PhoneStatus", document)).toMatchObject({ matches: true });
    expect(await client.filters.explain("//e:CollectD", document)).toMatchObject({
      matches: false,
      firstFailure: { outcome: "does-not-hold" },
    });
  });

  it("that would keep the daemon busy for long are given up when they are explained", async () => {
    const { client, parts } = await start();
    const explained = await client.filters.explain(
      "count((1 to 100000000)[. mod 7 = 3])",
      parts.catalog.sample("PhoneStatus"),
    );
    expect(explained).toMatchObject({ matches: false, error: { reason: textLike(/ 1000000 steps/) } });
  });
});

describe("an API of a daemon with a broker of somebody else", () => {
  it("says so where that broker would be managed", async () => {
    const api = await start({}, { broker: undefined });
    expect(await api.client.broker.get()).toEqual({ isEmbedded: false });
    const refused = { code: "xqbus:no-broker", status: 409 };
    await expect(api.client.broker.queues()).rejects.toMatchObject(refused);
    await expect(api.client.broker.purge("x", { dryRun: true })).rejects.toMatchObject(refused);
    await expect(api.client.broker.move("x", "y")).rejects.toMatchObject(refused);
    await expect(new ApiClient(api.url, { key: api.firstKey }).broker.closeConnection(1)).rejects.toMatchObject(
      refused,
    );
  });
});
