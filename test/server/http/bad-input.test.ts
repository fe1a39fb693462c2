import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { XqbusError } from "../../../src/errors.ts";
import { ANY_TEXT, answerOf, apis, fakeListeners, textLike } from "./harness.ts";

const { start } = apis();

const JSON_TYPE = { "content-type": "application/json" };
const XML_TYPE = { "content-type": "application/xml" };
const EVENT = (content: string): string => `<Event xmlns="http://www.gonicus.de/Events">${content}</Event>`;

type Row = readonly [what: string, path: string, init: RequestInit, status: number, code: string, detail: RegExp];

const post = (body: string, headers: Record<string, string> = JSON_TYPE): RequestInit => ({
  method: "POST",
  body,
  headers,
});

const ROWS: readonly Row[] = [
  ["an unknown path", "/nothing", {}, 404, "xqbus:unknown-name", /nothing at this path/],
  ["an unknown method", "/listeners", { method: "PUT" }, 405, "xqbus:illegal-argument", /GET, HEAD, POST/],
  ["a path that is no UTF-8", "/listeners/%ff", {}, 400, "xqbus:illegal-argument", /percent-encoded/],
  ["an unknown listener", "/listeners/x", {}, 404, "xqbus:unknown-name", /no listener "x"/],
  ["an unknown delivery", "/deliveries/x", {}, 404, "xqbus:unknown-name", /no delivery "x"/],
  ["an unknown dead letter", "/dead-letters/x", {}, 404, "xqbus:unknown-name", /no dead letter "x"/],
  ["an unknown event", "/events/x/trace", {}, 404, "xqbus:unknown-name", /no listener was told of an event "x"/],
  ["a name with U+0000", "/listeners/%00", {}, 404, "xqbus:unknown-name", /U\+0000/],
  ["a run with U+0000", "/runs/a%00b", {}, 404, "xqbus:unknown-name", /U\+0000/],
  ["a query with U+0000", "/deliveries?eventId=%00", {}, 400, "xqbus:illegal-argument", /U\+0000/],
  ["an unknown event type", "/event-types/PhoneStatsu", {}, 404, "xqbus:unknown-name", /did you mean "PhoneStatus"/],
  ["an unknown queue", "/broker/queues/purge", post('{"address":"x"}'), 404, "amqp:not-found", /no queue "x"/],
  [
    "a connection that is not there",
    "/broker/connections/99",
    { method: "DELETE" },
    404,
    "amqp:not-found",
    /connection 99/,
  ],
  ["JSON that is none", "/listeners", post("{"), 400, "xqbus:illegal-argument", /not JSON/],
  ["JSON with a prototype", "/listeners", post('{"__proto__":{}}'), 400, "xqbus:illegal-argument", /__proto__/],
  ["an empty body", "/listeners", post(""), 400, "xqbus:illegal-argument", /empty/],
  ["a body that is a list", "/listeners", post("[]"), 400, "xqbus:illegal-argument", /object/],
  ["a body that is a word", "/listeners", post('"x"'), 400, "xqbus:illegal-argument", /object/],
  ["fields that are missing", "/listeners", post("{}"), 400, "xqbus:illegal-argument", /notifier, config/],
  [
    "a field of another kind",
    "/listeners",
    post('{"notifier":5,"config":{}}'),
    400,
    "xqbus:illegal-argument",
    /\/notifier must be string/,
  ],
  [
    "a number that is text",
    "/listeners",
    post('{"notifier":"http","config":{},"concurrency":"4"}'),
    400,
    "xqbus:illegal-argument",
    /concurrency/,
  ],
  [
    "a field that nobody knows",
    "/listeners",
    post('{"notifier":"http","config":{},"colour":"red"}'),
    400,
    "xqbus:illegal-argument",
    /"colour"/,
  ],
  [
    "a notifier that nobody knows",
    "/listeners",
    post('{"notifier":"fax","config":{}}'),
    400,
    "xqbus:illegal-argument",
    /no notifier "fax"/,
  ],
  ["a parameter that nobody knows", "/deliveries?colour=red", {}, 400, "xqbus:illegal-argument", /"colour"/],
  ["a limit that is no number", "/deliveries?limit=many", {}, 400, "xqbus:illegal-argument", /limit/],
  ["a limit beyond all", "/deliveries?limit=100000", {}, 400, "xqbus:illegal-argument", /limit/],
  ["a state that is none", "/deliveries?state=lost", {}, 400, "xqbus:illegal-argument", /state/],
  ["XML where JSON is wanted", "/listeners", post("<x/>", XML_TYPE), 415, "xqbus:illegal-argument", /content type/],
  [
    "text where JSON is wanted",
    "/listeners",
    post("{}", { "content-type": "text/plain" }),
    415,
    "xqbus:illegal-argument",
    /content type/,
  ],
  [
    "a form where an event is wanted",
    "/events",
    post("a=b", { "content-type": "application/x-www-form-urlencoded" }),
    415,
    "xqbus:illegal-argument",
    /content type/,
  ],
  [
    "a body that is too large",
    "/listeners",
    post(JSON.stringify({ notifier: "x".repeat(20_000), config: {} })),
    413,
    "xqbus:limit-exceeded",
    /max_body_bytes/,
  ],
  [
    "a scope that is none",
    "/api-keys",
    post('{"name":"x","scopes":["everything"]}'),
    400,
    "xqbus:illegal-argument",
    /no scope "everything"/,
  ],
  [
    "a pattern that is none",
    "/api-keys",
    post('{"name":"x","scopes":["event:publish:a b"]}'),
    400,
    "xqbus:illegal-argument",
    /pattern/,
  ],
  [
    "a pattern behind another scope",
    "/api-keys",
    post('{"name":"x","scopes":["broker:read:x"]}'),
    400,
    "xqbus:illegal-argument",
    /no scope/,
  ],
  ["XML that is none", "/events", post("<Event>", XML_TYPE), 422, "xqbus:invalid-event", /not valid/],
  [
    "XML with a DOCTYPE",
    "/events",
    post(`<!DOCTYPE x>${EVENT("<PhoneStatus/>")}`, XML_TYPE),
    422,
    "xqbus:invalid-event",
    /DOCTYPE/,
  ],
  ["XML without an event", "/events", post("<Event/>", XML_TYPE), 422, "xqbus:invalid-event", /holds no element/],
  [
    "an event that is not valid",
    "/events",
    post(EVENT("<PhoneStatus><Statsu/></PhoneStatus>"), XML_TYPE),
    422,
    "xqbus:invalid-event",
    /Statsu/,
  ],
  [
    "an event in JSON of no type",
    "/events",
    post('{"PhoneStatsu":{}}'),
    422,
    "xqbus:unknown-name",
    /did you mean "PhoneStatus"/,
  ],
  [
    "an event in JSON with a wrong field",
    "/events",
    post('{"PhoneStatus":{"Statsu":"x"}}'),
    422,
    "xqbus:unknown-name",
    /Statsu/,
  ],
  ["an event in JSON that is two", "/events", post('{"A":{},"B":{}}'), 422, "xqbus:invalid-event", /2 properties/],
  ["no event at all", "/events", { method: "POST" }, 400, "xqbus:illegal-argument", /empty/],
  [
    "an event to check that is not valid",
    "/events/validate",
    post(EVENT("<PhoneStatus/>"), XML_TYPE),
    422,
    "xqbus:invalid-event",
    /CallerId/,
  ],
  [
    "an idempotency key with spaces",
    "/events",
    post(EVENT("<PhoneStatus/>"), { ...XML_TYPE, "idempotency-key": "a b" }),
    400,
    "xqbus:illegal-argument",
    /idempotency-key/,
  ],
  ["a filter that is none", "/events/stream?xquery=//x[", {}, 422, "XPST0003", /XPST0003/],
  ["a filter that never matches", "/events/stream?xquery=//nothing", {}, 422, "xqbus:filter-unknown-step", /nothing/],
  ["a stream of an unknown type", "/events/stream?type=PhoneStatsu", {}, 422, "xqbus:unknown-name", /did you mean/],
  [
    "a filter to explain that is none",
    "/filters/explain",
    post(JSON.stringify({ query: "//x[", event: EVENT("<PhoneStatus/>") })),
    422,
    "XPST0003",
    /XPST0003/,
  ],
  [
    "an event to explain that is none",
    "/filters/explain",
    post(JSON.stringify({ query: "//*", event: "<x" })),
    422,
    "xqbus:invalid-event",
    /not valid/,
  ],
];

describe("bad input", () => {
  it.each(ROWS)("%s is refused with what is wrong", async (_, path, init, status, code, detail) => {
    const api = await start({ maxBodyBytes: 10_000 });
    const answer = await answerOf(await api.call(path, init));
    expect(answer).toMatchObject({
      status,
      type: "application/problem+json; charset=utf-8",
      body: {
        type: `urn:xqbus:error:${code}`,
        code,
        status,
        title: ANY_TEXT,
        detail: textLike(detail),
      },
    });
    expect(api.bus.events).toEqual([]);
    expect(await api.client.listeners.list()).toEqual([]);
  });

  it("all problems of an event are told, with their places", async () => {
    const api = await start();
    const body = EVENT("<PhoneStatus>\n<CallerId/><Statsu>x</Statsu></PhoneStatus>");
    const { body: problem } = await answerOf(await api.call("/events", post(body, XML_TYPE)));
    const { problems } = problem as { problems: readonly object[] };
    expect(problems.length).toBeGreaterThan(1);
    expect(problems).toContainEqual(
      expect.objectContaining({ path: "/Event/PhoneStatus/Statsu", line: 2, code: textLike(/^cvc-/) }),
    );
  });

  it("what goes wrong inside is not told, but logged under the number of the answer", async () => {
    const records: object[] = [];
    const secret = new Error("secret at /var/lib/xqbus");
    const broken = {
      ...fakeListeners(),
      list: () => {
        throw secret;
      },
      deliveries: async () => {
        throw new XqbusError("xqbus:store-failed", "/var/lib/xqbus/listeners.db is gone");
      },
    };
    const api = await start({ log: (record) => records.push(record) }, { listeners: broken });
    const { status, body } = await answerOf(await api.call("/listeners"));
    const { requestId } = body as { requestId: string };
    expect({ status, body }).toEqual({
      status: 500,
      body: {
        type: "urn:xqbus:error:xqbus:internal",
        code: "xqbus:internal",
        title: "Internal Server Error",
        status: 500,
        detail: `an error inside of the daemon; its log has more about request ${requestId}`,
        requestId,
      },
    });
    expect(records).toContainEqual({
      level: "error",
      message: "a request has failed",
      requestId,
      status: 500,
      error: secret,
    });
    const store = await answerOf(await api.call("/deliveries"));
    expect(store).toMatchObject({ status: 503, body: { code: "xqbus:store-failed" } });
    expect(JSON.stringify(store)).not.toContain("/var/lib");
  });

  it.each([
    ["no HTTP", "hello\r\n\r\n", 400],
    ["headers that are too long", `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["a request that never ends", "GET /livez HTTP/1.1\r\n", 408],
  ])("%s gets a problem and the end of its connection", async (_, text, status) => {
    const api = await start({ headersTimeoutMs: 200, requestTimeoutMs: 200 });
    const answer = await new Promise<string>((resolve, reject) => {
      let received = "";
      const socket = connect(api.port, "127.0.0.1", () => socket.write(text));
      socket.setEncoding("utf8");
      socket
        .on("data", (part: string) => (received += part))
        .on("end", () => resolve(received))
        .on("error", reject);
    });
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject({ status, type: textLike(/^urn:xqbus:error:xqbus:/) });
  });
});
