import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dialectNamed } from "../../../src/amqp/dialects/index.ts";
import { judgePlacement, planFilters, type FilterWish } from "../../../src/amqp/placement/index.ts";
import type { Subscription } from "../../../src/amqp/subscription.ts";
import { compileFilter, EVERY_EVENT } from "../../../src/filter/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";

const BUSY = '/e:Event/e:PhoneStatus[e:Status = "busy"]';
/** Event types whose messages have another type than their name says. */
const RENAMED = ["listener.disabled", "microservice.event"];
const PULP = ["repo.publish.finish", "repo.publish.start", "repo.sync.finish", "repo.sync.start"];
const OPEN =
  "cloudEvents_type IS NULL OR (NOT (cloudEvents_type LIKE 'org.clacks.event.%') AND " +
  `NOT (cloudEvents_type IN (${[...RENAMED, ...PULP].map((type) => `'${type}'`).join(", ")}))) OR ` +
  "(cloudEvents_type = 'org.clacks.event.PhoneStatus' AND (Status = 'busy' OR Status IS NULL))";
const LABELLED = "cloudEvents_type = 'org.clacks.event.PhoneStatus' AND Status = 'busy'";

describe("what a broker is asked for", () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await loadCatalog();
  });

  afterAll(() => catalog[Symbol.dispose]());

  function wish(overrides: Partial<FilterWish> = {}): FilterWish {
    return { filter: compileFilter(BUSY, { catalog }), catalog, mode: "open", canRenew: true, ...overrides };
  }

  function plan(
    dialect: string,
    overrides: Partial<FilterWish> = {},
    subscription: Subscription = {},
  ): { readonly asked: readonly string[]; readonly reasons: string } {
    const { asked, reasons } = planFilters(
      { ...subscription, wish: wish(overrides) },
      dialectNamed(dialect),
      "org.clacks",
    );
    return { asked: asked.map(({ kind, text }) => `${kind}: ${text}`), reasons: reasons.join("; ") };
  }

  const xquery = (): string => `xquery: ${compileFilter(BUSY, { catalog }).xquery}`;

  it.each([
    ["embedded", "open", () => [xquery()]],
    ["embedded", "labelled", () => [xquery()]],
    ["qpid-broker-j", "open", () => [`selector: ${OPEN}`]],
    ["qpid-broker-j", "labelled", () => [`selector: ${LABELLED}`]],
    ["activemq-classic", "open", () => [`selector: ${OPEN}`]],
    ["artemis", "open", () => [`selector: ${OPEN}`]],
    ["rabbitmq", "open", () => []],
    ["rabbitmq", "labelled", () => ["routing-key: org.clacks.event.PhoneStatus"]],
    ["rabbitmq-4", "labelled", () => []],
    ["qpidd", "open", () => [`selector: ${OPEN}`]],
    ["qpidd-xml", "open", () => [xquery()]],
    ["generic", "open", () => [xquery(), `selector: ${OPEN}`]],
    ["embedded", "here", () => []],
  ] as const)("%s is asked, in mode %s, for the strongest that it has", (dialect, mode, expected) => {
    expect(plan(dialect, { mode }).asked).toEqual(expected());
  });

  const reasons: readonly (readonly [string, string, Partial<FilterWish>, Subscription?])[] = [
    ["artemis", "evaluates no XQuery", {}],
    ["artemis", "without a catalog nothing is known of promoted fields", { catalog: undefined }],
    ["artemis", "loses what waits for it when its selector changes", {}, { durable: "a" }],
    ["artemis", "is not to connect again", { canRenew: false }],
    ["artemis", "says nothing about event types", { filter: compileFilter("count(//*) > 3") }],
    [
      "embedded",
      "a filter in xpath1 cannot be written as XQuery",
      { filter: compileFilter(BUSY, { language: "xpath1" }) },
    ],
    ["rabbitmq", "applies no selector to a topic", {}],
    ["rabbitmq", "foreign senders choose their own", {}],
    ["rabbitmq", "not about one event type", { mode: "labelled", filter: compileFilter("//e:Id") }],
    ["rabbitmq", "not about one event type", { mode: "labelled", catalog: undefined }],
    ["qpidd-xml", "cannot change its XQuery", {}, { durable: "a" }],
    ["embedded", "every event is wanted", { filter: EVERY_EVENT }],
    ["embedded", 'option placement is "here"', { mode: "here" }],
  ];

  it.each(reasons.map(([dialect, reason, overrides, kept = {}]) => ({ dialect, reason, overrides, kept })))(
    "$dialect: a reason is that it $reason",
    ({ dialect, reason, overrides, kept }) => {
      expect(plan(dialect, overrides, kept).reasons).toContain(reason);
    },
  );

  it("is a selector for a durable subscription where the sender's labels count", () => {
    expect(plan("artemis", { mode: "labelled" }, { durable: "a" }).asked).toEqual([`selector: ${LABELLED}`]);
  });

  it.each([
    ["embedded", {}, ["xquery"], ["xquery"], false],
    ["embedded", {}, [], [], true],
    ["embedded", { durable: "a" }, ["xquery"], ["xquery"], true],
    ["embedded", { shared: "a" }, ["xquery"], ["xquery"], true],
    ["qpidd-xml", {}, ["xquery"], ["xquery"], true],
    ["artemis", {}, ["selector"], ["selector"], true],
    ["artemis", {}, [], [], true],
    ["generic", {}, ["xquery", "selector"], [], true],
  ] as readonly (readonly [string, Subscription, readonly string[], readonly string[], boolean])[])(
    "%s with %j that echoes %j applies %j; the filter runs here: %s",
    (name, kept, echo, expected, runsHere) => {
      const dialect = dialectNamed(name);
      const subscription = { ...kept, wish: wish() };
      const asked = planFilters(subscription, dialect, "org.clacks");
      const echoed = asked.asked.filter(({ kind }) => echo.includes(kind));
      const properties = { product: "a product", version: "1.2" };
      const placement = judgePlacement({ plan: asked, dialect, properties, subscription, echoed, refusals: [] });
      expect(placement).toMatchObject({ dialect: name, product: "a product 1.2", asked: asked.asked, runsHere });
      expect(placement.applied.map(({ kind }) => kind)).toEqual(expected);
    },
  );

  it("is evaluated here, too, when it reads properties of the message", () => {
    const filter = compileFilter("$Status = 'busy'", { language: "xpath", catalog });
    const subscription = { wish: wish({ filter }) };
    const dialect = dialectNamed("embedded");
    const asked = planFilters(subscription, dialect, "org.clacks");
    const facts = { plan: asked, dialect, properties: {}, subscription, echoed: asked.asked, refusals: [] };
    expect(judgePlacement(facts)).toMatchObject({ product: undefined, runsHere: true });
  });
});
