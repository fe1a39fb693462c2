import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, it } from "vitest";
import { NotifyError } from "../../../src/listener/index.ts";
import type { Notifier } from "../../../src/listener/index.ts";
import { httpNotifier } from "../../../src/listener/notifiers/http.ts";
import { retryAfterMs } from "../../../src/listener/notifiers/http/retry-after.ts";
import { makeCertificates, type Certificates } from "../../helpers/certificates.ts";
import { describeWith, OPENSSL } from "../../helpers/requirements.ts";
import { afterTest, contextOf, loginCatalog, noEnd, notificationOf, SECRET_VALUE, until } from "./fixtures.ts";
import { answer, HttpReceiver, type Call, type Script } from "./http-receiver.ts";
import { notifierSuite } from "./notifier-suite.ts";

const LOOPBACK = { network: { allow: ["127.0.0.0/8"] } };
const KEY = `whsec_${Buffer.from("a secret of 24 bytes ...").toString("base64")}`;
const OLD_KEY = `whsec_${Buffer.from("an old one, also 24 by..").toString("base64")}`;
const TWO_FIELDS = "field token of the http listener and the field user exclude each other";

beforeAll(async () => {
  await loginCatalog();
});

async function receiver(script?: Script): Promise<HttpReceiver> {
  const started = await HttpReceiver.start(script);
  afterTest(() => started.stop());
  return started;
}

async function notifier(url: string, more: Readonly<Record<string, unknown>> = {}): Promise<Notifier> {
  const type = httpNotifier();
  const context = await contextOf(LOOPBACK);
  const opened = await type.open(type.check({ url, ...more }, context), context);
  afterTest(() => opened.close());
  return opened;
}

async function callOf(more: Readonly<Record<string, unknown>>, notification = notificationOf()): Promise<Call> {
  const to = await receiver();
  await (await notifier(to.url, more)).notify(notification, noEnd());
  expect(to.calls).toHaveLength(1);
  return to.calls[0]!;
}

async function failure(script: Script, more: Readonly<Record<string, unknown>> = {}): Promise<NotifyError> {
  const to = await receiver(script);
  return failureAt(to.url, more);
}

async function failureAt(url: string, more: Readonly<Record<string, unknown>> = {}): Promise<NotifyError> {
  const error: unknown = await (await notifier(url, more)).notify(notificationOf(), noEnd()).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(NotifyError);
  return error as NotifyError;
}

notifierSuite(httpNotifier(), {
  start: async () => {
    const to = await HttpReceiver.start();
    return {
      config: { url: to.url },
      settings: LOOPBACK,
      told: () =>
        to.calls.map(({ headers, body }) => ({ text: body, isTest: headers["xqbus-test"] === "true" })),
      fail: (isFailing) => (to.script = isFailing ? answer(500, "out of order") : answer(200)),
      hang: () => (to.script = () => undefined),
      held: () => to.sockets.size,
      stop: () => to.stop(),
    };
  },
  secrets: { token: "t0ken-of-it", headers: ["X-Api-Key: k3y-of-it"], signingSecrets: [KEY] },
  hidden: ["t0ken", "k3y", KEY],
  masked: { mask: true },
  bad: [
    [{ url: "ftp://host/x" }, 'field url of the http listener must be http://host/path or https://host/path, without white space, got "ftp://host/x"'],
    [{ url: "http:host" }, 'field url of the http listener must be http://host/path or https://host/path, without white space, got "http:host"'],
    [{ url: "http://ho st/" }, 'field url of the http listener must be http://host/path or https://host/path, without white space, got "http://ho st/"'],
    [{ url: "http://host\\@other/" }, "field url of the http listener must be http://host/path or https://host/path, without white space"],
    [{ url: "http://me:pw@host/" }, "field url of the http listener must be without a login; that goes into the fields user and password"],
    [{ url: "http://host/#part" }, 'field url of the http listener must be without "#"'],
    [{ url: `http://host/${"x".repeat(5_000)}` }, "field url of the http listener must have at most 4096 characters"],
    [{ format: "yaml" }, 'field format of the http listener must be one of json, xml, cloudevents, cloudevents-binary, got "yaml"'],
    [{ password: "x" }, "field password of the http listener needs the field user"],
    [{ user: "a:b" }, 'field user of the http listener must be without ":" and control characters'],
    [{ user: "a", token: "x" }, TWO_FIELDS],
    [{ token: "x\r\nHost: y" }, "field token of the http listener must be of printable ASCII characters"],
    [{ headers: ["X-A: 1\r\nX-B: 2"] }, 'field headers of the http listener must each be "Name: value" of printable ASCII, at most 4096 characters'],
    [{ headers: ["X A: 1"] }, 'field headers of the http listener must each be "Name: value" of printable ASCII, at most 4096 characters'],
    [{ headers: ["Transfer-Encoding: chunked"] }, "field headers of the http listener cannot have Transfer-Encoding: the notifier writes that itself, or it belongs to one connection"],
    [{ headers: ["webhook-id: 1"] }, "field headers of the http listener cannot have webhook-id: the notifier writes that itself, or it belongs to one connection"],
    [{ headers: ["X-A: 1", "x-a: 2"] }, "field headers of the http listener has x-a twice"],
    [{ signingSecrets: ["whsec_short"] }, "field signingSecrets of the http listener must be whsec_ and the base64 of 24 to 64 bytes each"],
    [{ signingSecrets: Array.from({ length: 6 }, () => KEY) }, "field signingSecrets of the http listener must have at most 5 secrets"],
    [{ ca: "PEM" }, "field ca of the http listener must be a certificate in PEM: -----BEGIN CERTIFICATE-----"],
    [{ connectTimeoutMs: 0 }, "field connectTimeoutMs of the http listener must be a whole number of milliseconds from 1 to 600000, got 0"],
  ],
}); // prettier-ignore

describe("a call of the http notifier", () => {
  it("is a POST of the JSON form, with the id of the event", async () => {
    const call = await callOf({}, notificationOf("rosa", { traceparent: "00-0123-4567-01" }));
    expect(call).toMatchObject({
      method: "POST",
      url: "/hooks/7?key=abc",
      headers: {
        "content-type": "application/json",
        "user-agent": "xqbus",
        "webhook-id": "id-rosa",
        "xqbus-event-type": "user.login",
        "xqbus-delivery": "delivery-rosa",
        traceparent: "00-0123-4567-01",
      },
    });
    expect(JSON.parse(call.body)).toEqual({
      event_type: "user.login",
      payload: { User: "rosa", Password: SECRET_VALUE },
    });
    expect(call.headers).not.toHaveProperty("webhook-signature");
    expect(call.headers).not.toHaveProperty("authorization");
  });

  it("has the same id at every attempt, in characters that a header may have", async () => {
    const to = await receiver();
    const opened = await notifier(to.url);
    await opened.notify(notificationOf("a", { id: 'ü "1"\r\n' }), noEnd());
    await opened.notify(notificationOf("a", { id: 'ü "1"\r\n', attempt: 2 }), noEnd());
    expect(to.calls.map(({ headers }) => headers["webhook-id"])).toEqual(Array(2).fill("%C3%BC%20%221%22%0D%0A"));
  });

  it("brings the XML document as it was sent", async () => {
    const notification = notificationOf();
    const call = await callOf({ format: "xml" }, notification);
    expect(call.headers["content-type"]).toBe("application/xml");
    expect(call.body).toBe(notification.event.toString());
  });

  it("is a CloudEvent in structured mode", async () => {
    const call = await callOf({ format: "cloudevents", mask: true }, notificationOf("rosa", { traceparent: "00-1" }));
    expect(call.headers["content-type"]).toBe("application/cloudevents+json; charset=utf-8");
    expect(JSON.parse(call.body)).toEqual({
      specversion: "1.0",
      id: "id-rosa",
      source: "/org.clacks",
      type: "user.login",
      subject: "org.clacks.event.Login",
      time: "2026-01-02T03:04:05.678Z",
      traceparent: "00-1",
      datacontenttype: "application/json",
      data: { event_type: "user.login", payload: { User: "rosa", Password: "***" } },
    });
  });

  it("is a CloudEvent in binary mode", async () => {
    const call = await callOf({ format: "cloudevents-binary" }, notificationOf("rosa", { subject: "" }));
    expect(JSON.parse(call.body)).toMatchObject({ event_type: "user.login" });
    expect(Object.entries(call.headers).filter(([name]) => name.startsWith("ce-"))).toEqual([
      ["ce-specversion", "1.0"],
      ["ce-id", "id-rosa"],
      ["ce-source", "/org.clacks"],
      ["ce-type", "user.login"],
      ["ce-time", "2026-01-02T03:04:05.678Z"],
    ]);
    expect(call.headers["content-type"]).toBe("application/json");
  });

  it.each([
    [{ user: "müller", password: "pä:ss" }, `Basic ${Buffer.from("müller:pä:ss").toString("base64")}`],
    [{ user: "rosa" }, `Basic ${Buffer.from("rosa:").toString("base64")}`],
    [{ token: "abc.def" }, "Bearer abc.def"],
  ])("logs in with %o", async (config, authorization) => {
    expect((await callOf(config)).headers.authorization).toBe(authorization);
  });

  it("has the header fields of the configuration", async () => {
    const { headers } = await callOf({ headers: ["X-Team:  blue and green ", "Accept: text/plain"] });
    expect(headers).toMatchObject({ "x-team": "blue and green", accept: "text/plain" });
  });

  it.each(["json", "xml"])("is signed so that a receiver with any of the secrets can verify it: %s", async (format) => {
    const { headers, body } = await callOf({ format, signingSecrets: [OLD_KEY, KEY] });
    const signed = headers as Record<string, string>;
    expect(signed["webhook-signature"]?.split(" ")).toHaveLength(2);
    for (const secret of [OLD_KEY, KEY]) {
      // The package reads every body as JSON, so XML is signed by it and compared instead.
      const webhook = new Webhook(secret);
      const time = new Date(Number(signed["webhook-timestamp"]) * 1_000);
      expect(signed["webhook-signature"]?.split(" ")).toContain(webhook.sign("id-rosa", time, body));
      if (format === "json") expect(webhook.verify(body, signed)).toEqual(JSON.parse(body));
    }
    if (format === "json") {
      expect(() => new Webhook(KEY).verify(`${body} `, signed)).toThrow("No matching signature found");
      expect(() => new Webhook(KEY).verify(body, { ...signed, "webhook-id": "x" })).toThrow("No matching signature");
    }
  });
});

describe("an answer to the http notifier", () => {
  it.each([200, 201, 202, 204, 299])("of %i takes the event", async (status) => {
    const to = await receiver(answer(status, status === 204 ? "" : "noted\r\n down"));
    const result = await (await notifier(to.url)).notify(notificationOf(), noEnd());
    expect(result).toEqual({ status, excerpt: status === 204 ? undefined : "noted  down" });
  });

  it.each([
    [301, false],
    [304, false],
    [308, false],
    [400, true],
    [401, true],
    [404, true],
    [408, false],
    [409, false],
    [410, true],
    [422, true],
    [425, false],
    [429, false],
    [500, false],
    [502, false],
    [503, false],
  ])("of %i is a failure; for ever: %s", async (status, isPermanent) => {
    const error = await failure(answer(status, "no", { location: "/elsewhere" }));
    expect(error).toMatchObject({ code: "xqbus:notify-failed", status, isPermanent, retryAfterMs: undefined });
    expect(error.message).toMatch(new RegExp(`^POST to http://127\\.0\\.0\\.1:\\d+ was answered with ${status}`));
    expect(error.excerpt).toBe(status === 304 ? undefined : "no");
  });

  it("that leads elsewhere is not followed", async () => {
    const elsewhere = await receiver();
    const error = await failure(answer(302, "", { location: elsewhere.url }));
    expect(error.message).toContain("302, a redirect, which is not followed; give the listener the URL itself");
    expect(elsewhere.connections).toBe(0);
  });

  it.each([
    [429, "7", 7_000],
    [503, "0", 0],
    [503, "soon", undefined],
    [500, "7", undefined],
  ])("of %i may say when to try again: %s", async (status, after, retryAfter) => {
    expect(await failure(answer(status, "", { "retry-after": after }))).toMatchObject({ retryAfterMs: retryAfter });
  });

  it.each([
    ["120", 120_000],
    [" 5 ", 5_000],
    ["99999999999", 86_400_000],
    ["Fri, 02 Jan 2026 03:04:35 GMT", 30_000],
    ["Fri, 02 Jan 2026 03:04:00 GMT", 0],
    ["Fri, 02 Jan 2126 03:04:00 GMT", 86_400_000],
    ["-5", undefined],
    ["1.5", undefined],
    ["2026-01-02", undefined],
    ["Xxx, 99 Xxx 2026 03:04:00 GMT", undefined],
    [undefined, undefined],
    [["3", "4"], 3_000],
  ])("that says Retry-After: %s puts the next attempt off by %s ms", (header, expected) => {
    expect(retryAfterMs(header, Date.UTC(2026, 0, 2, 3, 4, 5))).toBe(expected);
  });

  it("is kept up to 4 KiB of text, whatever its bytes are", async () => {
    const error = await failure((_call, response) => {
      response.writeHead(500).end(Buffer.concat([Buffer.from([0, 0xff, 0x1b]), Buffer.from("ä".repeat(5_000))]));
    });
    expect(error.excerpt).toMatch(/^\ufffd ä+$/u);
    expect(Buffer.byteLength(error.excerpt ?? "")).toBeLessThanOrEqual(4_096 + 2);
  });

  it("that never ends takes the event all the same, and is not read on", async () => {
    let isClosed = false;
    const to = await receiver((_call, response) => {
      response.on("close", () => (isClosed = true));
      response.writeHead(200);
      const write = (): void => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    });
    const { status, excerpt } = await (await notifier(to.url)).notify(notificationOf(), noEnd());
    expect([status, excerpt]).toEqual([200, "x".repeat(4_096)]);
    await until(() => expect(isClosed).toBe(true));
  });

  it("with a slow body takes the event when the time is over, as it has said so", async () => {
    const to = await receiver((_call, response) => void response.writeHead(202).write("first words"));
    const ending = new AbortController();
    const onHead = (): void => void setImmediate(() => ending.abort());
    subscribe("undici:request:headers", onHead);
    afterTest(() => unsubscribe("undici:request:headers", onHead));
    expect(await (await notifier(to.url)).notify(notificationOf(), ending.signal)).toMatchObject({ status: 202 });
  });

  it("with a body that pauses for too long takes the event", async () => {
    const to = await receiver((_call, response) => void response.writeHead(200).write("first words"));
    const opened = await notifier(to.url, { bodyTimeoutMs: 50 });
    expect(await opened.notify(notificationOf(), noEnd())).toEqual({ status: 200, excerpt: "first words" });
  });

  it("that does not begin in time is a failure", async () => {
    const error = await failure(() => undefined, { headersTimeoutMs: 50 });
    expect(error.message).toMatch(/^POST to http:\/\/127\.0\.0\.1:\d+ failed: Headers Timeout Error$/);
    expect(error.isPermanent).toBe(false);
  });

  it("that breaks off within its head is a failure", async () => {
    const error = await failure((_call, response) => response.socket?.end("HTTP/1.1 200"));
    expect(error).toMatchObject({ code: "xqbus:notify-failed", status: undefined, isPermanent: false });
  });

  it("that breaks off within its body takes the event", async () => {
    const to = await receiver((_call, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
    });
    expect(await (await notifier(to.url)).notify(notificationOf(), noEnd())).toEqual({ status: 200, excerpt: "half" });
  });

  it("after which the receiver closes the connection is one, and the next call uses another", async () => {
    const to = await receiver((_call, response) => response.writeHead(200, { connection: "close" }).end());
    const opened = await notifier(to.url);
    await opened.notify(notificationOf("a"), noEnd());
    await opened.notify(notificationOf("b"), noEnd());
    expect([to.calls.length, to.connections]).toEqual([2, 2]);
  });

  it("leaves the connection to the next call", async () => {
    const to = await receiver();
    const opened = await notifier(to.url);
    for (let n = 0; n < 10; n++) await opened.notify(notificationOf(`${n}`), noEnd());
    expect(to.calls).toHaveLength(10);
    // A connection is free a moment after its answer was read.
    expect(to.connections).toBeLessThanOrEqual(2);
  });

  it("that is no HTTP is a failure", async () => {
    const error = await failure((_call, response) => response.socket?.end("220 mail.example ESMTP\r\n"));
    expect(error).toMatchObject({ code: "xqbus:notify-failed", isPermanent: false });
  });

  it("cannot come where nobody listens", async () => {
    const to = await HttpReceiver.start();
    await to.stop();
    const error = await failureAt(to.url);
    expect(error).toMatchObject({ code: "xqbus:notify-failed", isPermanent: false });
    expect(error.message).toContain("ECONNREFUSED");
  });
});

describeWith([OPENSSL], "the http notifier over TLS", () => {
  let pem: Certificates;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-http-"));
    pem = makeCertificates(folder);
    rmSync(folder, { recursive: true });
  });

  async function secure(): Promise<HttpReceiver> {
    const started = await HttpReceiver.start(undefined, { cert: pem.serverCert, key: pem.serverKey });
    afterTest(() => started.stop());
    return started;
  }

  it("trusts the authorities that it is given", async () => {
    const to = await secure();
    expect(await (await notifier(to.url, { ca: pem.ca })).notify(notificationOf(), noEnd())).toMatchObject({
      status: 200,
    });
  });

  it("trusts no others", async () => {
    const to = await secure();
    expect(await failureAt(to.url, { ca: pem.otherCa })).toMatchObject({ status: undefined, isPermanent: false });
    const { message } = await failureAt(to.url);
    expect(message).toContain("unable to verify the first certificate");
    expect(to.calls).toEqual([]);
  });

  it("does not speak TLS to a receiver without", async () => {
    const to = await receiver();
    const error = await failureAt(to.url.replace("http:", "https:"), { ca: pem.ca });
    expect(error.code).toBe("xqbus:notify-failed");
    expect(to.calls).toEqual([]);
  });
});
