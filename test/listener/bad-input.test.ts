import { expect, it } from "vitest";
import { openListeners, type ListenerInput, type ListenersOptions } from "../../src/listener/index.ts";
import { daemonPart, nodeLeave, NS } from "./set-up.ts";

const GOOD = { notifier: "fake", config: { to: "a" }, eventTypes: ["NodeLeave"] };
const ARGUMENT = "xqbus:illegal-argument";
const NAME = "xqbus:unknown-name";

/** What is wrong, the code, and what the message says of it. */
const WRONG: readonly (readonly [more: Record<string, unknown>, code: string, message: string])[] = [
  [{ notifier: "fakee" }, NAME, '"fakee" is not a notifier (fake) (did you mean "fake"?)'],
  [{ notifier: 7 }, ARGUMENT, "notifier must be one of fake, got 7"],
  [{ eventTyps: ["NodeLeave"] }, NAME, 'did you mean "eventTypes"?'],
  [{ eventTypes: ["NodeLeav"] }, NAME, '"NodeLeav" is not an event type of this catalog (did you mean "NodeLeave"?)'],
  [{ eventTypes: ["listener.disable"] }, NAME, 'did you mean "listener.disabled"?'],
  [{ eventTypes: [] }, ARGUMENT, "eventTypes must be a list of 1 to 1000 event types"],
  [{ eventTypes: "NodeLeave" }, ARGUMENT, "eventTypes must be a list"],
  [{ eventTypes: ["*", "NodeLeave"] }, ARGUMENT, 'eventTypes has "*", all of them, and others'],
  [{ xquery: "/e:Event/" }, "XPST0003", "at line 1, column"],
  [{ xquery: `declare namespace e = "${NS}"; /e:Event/e:NodeLeav` }, "xqbus:filter-unknown-step", "NodeLeave"],
  [
    { xquery: `declare namespace e = "${NS}"; //e:Statsu = "busy"`, eventTypes: ["PhoneStatus"] },
    "xqbus:filter-unknown-step",
    "no element inside called Statsu (did you mean e:Status?)",
  ],
  [
    { xquery: "/*:Event/*:ClientPoll" },
    "xqbus:filter-never-matches",
    "ClientPoll only, and the event types are NodeLeave",
  ],
  [
    { xquery: `declare namespace e = "${NS}"; //e:NodeLeav or //e:ClientPoll` },
    "xqbus:filter-never-matches",
    "only, and the event types are NodeLeave; line 1, column 57: the document has no element inside called NodeLeav (did you mean e:NodeLeave?)",
  ],
  [{ xquery: "" }, ARGUMENT, 'xquery must be a text, got ""'],
  [{ routingKey: "x".repeat(2000) }, ARGUMENT, "routingKey must be a text of 1 to 1024 characters"],
  [{ routingKey: "a..b" }, ARGUMENT, "routingKey must be words with dots between them"],
  [{ routingKey: "a.b#" }, ARGUMENT, 'for any number, got "a.b#"'],
  [{ name: {} }, ARGUMENT, "name must be a text of 1 to 200 characters, got an object"],
  [{ retry: "5x exponentia" }, ARGUMENT, '"exponentia" is not understood'],
  [{ retry: 5 }, ARGUMENT, "retry must be a text, got 5"],
  [{ rate: "many" }, ARGUMENT, "rate"],
  [{ concurrency: 0 }, ARGUMENT, "concurrency must be a whole number from 1 to 1000, got 0"],
  [{ timeoutMs: 0.5 }, ARGUMENT, "timeoutMs must be a whole number from 1 to 3600000, got 0.5"],
  [{ maxWaiting: -1 }, ARGUMENT, "maxWaiting must be a whole number from 1 to 10000000, got -1"],
  [{ config: [] }, ARGUMENT, "config must be an object, got a list"],
  [{ config: {} }, ARGUMENT, "field to of the fake listener is required: who is told"],
  [{ config: { to: "a", pasword: "x" } }, NAME, 'did you mean "password"?'],
  [{ config: { to: 5 } }, ARGUMENT, "field to of the fake listener must be a text of 1 to 65536 characters, got 5"],
  [{ config: { to: "a", size: "5" } }, ARGUMENT, 'must be a number, got "5"'],
  [{ config: { to: "a", tags: ["x", 1] } }, ARGUMENT, "must be a list of 1 to 1000 texts, got a list"],
  [{ config: { to: "a", isLoud: "yes" } }, ARGUMENT, 'must be true or false, got "yes"'],
  [{ config: { to: "a", form: "yaml" } }, ARGUMENT, 'must be one of xml, json, got "yaml"'],
  [
    { config: { to: "a", password: ["s3cret"] } },
    ARGUMENT,
    "field password of the fake listener must be a text of 1 to 65536 characters",
  ],
  [{ config: { to: "a", password: "***" } }, ARGUMENT, "must be the secret itself"],
  [{ config: { to: "nobody" } }, ARGUMENT, "the field to must be somebody"],
];

it("what is wrong in a listener is said precisely, and nothing changes", async () => {
  const part = await daemonPart();
  for (const [more, code, message] of WRONG) {
    const error = await part.listeners.create({ ...GOOD, ...more }).then(
      () => undefined,
      (thrown: unknown) => thrown as { readonly code: string; readonly message: string },
    );
    expect([more, error?.code]).toEqual([more, code]);
    expect(error?.message).toContain(message);
  }
  expect(part.listeners.list()).toEqual([]);
  expect(part.bus.broker.management.subscriptions()).toEqual([]);
});

it("a change that is wrong leaves the listener as it was, and at work", async () => {
  const part = await daemonPart();
  const listener = await part.create();
  for (const [more, code] of WRONG.filter(([more]) => !("config" in more) && more["notifier"] !== 7)) {
    await expect(part.listeners.update(listener.id, more as Partial<ListenerInput>)).rejects.toMatchObject({
      code: "notifier" in more ? ARGUMENT : code,
    });
  }
  await expect(part.listeners.update(listener.id, { config: { to: null } })).rejects.toMatchObject({ code: ARGUMENT });
  expect(part.listeners.list()).toEqual([listener]);
  await part.reopen();
  expect(part.listeners.list()).toEqual([listener]);
  await part.send(nodeLeave("1"));
  await expect.poll(() => part.receivers.idsOf(listener), { timeout: 20_000 }).toEqual(["1"]);
});

it("an id that there is not is told as such, and what is no id too", async () => {
  const part = await daemonPart();
  const none = "0".repeat(24);
  for (const [id, more] of [
    [none, ""],
    ["7", "; an id has 24 hexadecimal digits"],
    ["../../etc/passwd", "; an id has 24 hexadecimal digits"],
  ] as const) {
    const listener = { code: NAME, message: `"${id}" is not the id of a listener${more}` };
    const delivery = { code: NAME, message: `"${id}" is not the id of a delivery${more}` };
    expect(() => part.listeners.get(id)).toThrow(listener.message);
    for (const call of ["update", "delete", "pause", "resume", "test"] as const) {
      await expect(part.listeners[call](id, {})).rejects.toMatchObject(listener);
    }
    for (const call of ["delivery", "eventOf", "retry"] as const) {
      await expect(part.listeners[call](id)).rejects.toMatchObject(delivery);
    }
    await expect(part.listeners.deliveries({ listener: id })).rejects.toMatchObject(listener);
    await expect(part.listeners.deliveries({ before: id })).rejects.toMatchObject(
      id === none ? { code: NAME } : delivery,
    );
    await expect(part.listeners.deleteDeadLetters([id])).rejects.toMatchObject(delivery);
  }
});

it("questions for deliveries that make no sense are refused", async () => {
  const part = await daemonPart();
  for (const query of [{ limit: 0 }, { limit: 1001 }, { limit: "5" }, { state: "lost" }, { satte: "dead" }]) {
    await expect(part.listeners.deliveries(query as object)).rejects.toMatchObject({ code: ARGUMENT });
  }
});

it("there are not more listeners than maxListeners, and none before the start or after the end", async () => {
  const part = await daemonPart({ maxListeners: 1 });
  await part.create();
  await expect(part.create()).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
  await part.listeners.stop();
  await expect(part.create()).rejects.toMatchObject({ code: "xqbus:already-closed" });
});

it("options that cannot be used, and a store that somebody else has, are refused", async () => {
  const part = await daemonPart();
  for (const wrong of [
    { breakerFailures: 0 },
    { breakerProbeMs: 0.5 },
    { keepBodiesMs: -1 },
    { maxBytes: 1 },
    { onLog: "stdout" },
    { folder: "" },
  ]) {
    const options = { ...part.options, ...wrong } as unknown as ListenersOptions;
    await expect((async () => openListeners(options))()).rejects.toMatchObject({ code: ARGUMENT });
  }
  await expect(openListeners(part.options)).rejects.toMatchObject({ code: "xqbus:store-in-use" });
});
