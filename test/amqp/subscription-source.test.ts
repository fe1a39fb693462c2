import { describe, expect, it } from "vitest";
import { dialectNamed } from "../../src/amqp/dialects/index.ts";
import type { BrokerFilter } from "../../src/amqp/placement/index.ts";
import { sourceOf } from "../../src/amqp/subscription-source.ts";
import type { Subscription } from "../../src/amqp/subscription.ts";

const SELECTOR: BrokerFilter = { kind: "selector", text: "a = 1" };
const KEY: BrokerFilter = { kind: "routing-key", text: "a.b" };
const KEPT = { durable: 2, expiry_policy: "never" };

describe("what a receiver attaches with", () => {
  it.each([
    ["embedded", {}, [], { source: { address: "d" } }],
    ["embedded", { durable: "n" }, [], { name: "n", source: { address: "d", ...KEPT } }],
    ["artemis", {}, [SELECTOR], { source: { address: "d", capabilities: ["topic"], filter: ["selector"] } }],
    [
      "artemis",
      { shared: "n" },
      [],
      { name: "n|global", source: { address: "d", capabilities: ["topic", "shared", "global"] } },
    ],
    ["activemq-classic", { durable: "n" }, [], { name: "n", source: { address: "topic://d", ...KEPT } }],
    ["qpid-broker-j", {}, [SELECTOR], { source: { address: "d", filter: ["selector"] } }],
    ["rabbitmq", {}, [], { source: { address: "/exchange/d/#" } }],
    ["rabbitmq", {}, [KEY], { source: { address: "/exchange/d/a.b" } }],
    ["rabbitmq-4", { durable: "a/b" }, [], { source: { address: "/queues/a%2Fb" } }],
    ["rabbitmq-4", { shared: "n" }, [], { source: { address: "/queues/n" } }],
    ["qpidd", {}, [SELECTOR], { source: { address: "d", filter: ["selector"] } }],
    ["qpidd-xml", {}, [], { source: { address: "d", filter: ["routing-key"] } }],
    ["qpidd-xml", {}, [{ kind: "xquery", text: "." }], { source: { address: "d", filter: ["xquery", "routing-key"] } }],
  ] as readonly (readonly [string, Subscription, readonly BrokerFilter[], object])[])(
    "on %s for %j with %j",
    (dialect, subscription, filters, expected) => {
      const options = sourceOf(subscription, dialectNamed(dialect), "d", filters);
      const source = options.source as { readonly filter?: object };
      const named = source.filter === undefined ? source : { ...source, filter: Object.keys(source.filter) };
      expect({ ...options, source: named }).toEqual(expected);
    },
  );

  it("has filters as described strings, by the symbols of their kinds", () => {
    const { source } = sourceOf({}, dialectNamed("qpidd-xml"), "d", [{ kind: "xquery", text: "." }, SELECTOR]);
    const { filter = {} } = source as { readonly filter?: Record<string, Described> };
    const seen = Object.values(filter).map(({ descriptor, value }) => [descriptor.value, value]);
    expect(seen).toEqual([
      ["apache.org:xquery-filter:string", "."],
      ["apache.org:selector-filter:string", "a = 1"],
      ["apache.org:legacy-amqp-direct-binding:string", "event"],
    ]);
  });

  it.each([
    ["rabbitmq", { durable: "n" }, "rabbitmq keeps no durable subscriptions"],
    ["rabbitmq-4", {}, "rabbitmq-4 delivers from queues only"],
    ["activemq-classic", { shared: "n" }, "activemq-classic keeps no shared subscriptions"],
  ] as const)("is refused on %s for %j", (dialect, subscription, message) => {
    expect(() => sourceOf(subscription, dialectNamed(dialect), "d", [])).toThrow(message);
  });
});

interface Described {
  readonly descriptor: { readonly value: unknown };
  readonly value: unknown;
}
