import { describe, expect, it } from "vitest";
import { chooseDialect, DIALECTS, dialectNamed } from "../../src/amqp/dialects/index.ts";

describe("the dialect of a broker", () => {
  /** The properties as Broker-J 9.2.1, Classic 5.18.6, Artemis 2.44.0 and RabbitMQ 3.10.8 announce them. */
  const rows: readonly [properties: Record<string, unknown>, dialect: string, publish: string, subscribe: string][] = [
    [{ product: "xqbus", version: "0.1.0" }, "embedded", "org.clacks", "org.clacks"],
    [{ product: "Apache Qpid Broker-J Core", version: "9.2.1" }, "qpid-broker-j", "org.clacks", "org.clacks"],
    [
      { product: "ActiveMQ", "topic-prefix": "topic://", version: "5.18.6" },
      "activemq-classic",
      "topic://org.clacks",
      "topic://org.clacks",
    ],
    [{ product: "apache-activemq-artemis", version: "2.44.0" }, "artemis", "org.clacks", "org.clacks"],
    [{ product: "RabbitMQ", version: "3.10.8" }, "rabbitmq", "/exchange/org.clacks", "/exchange/org.clacks/#"],
    [{ product: "RabbitMQ", version: "4.1.0" }, "rabbitmq-4", "/exchanges/org.clacks", "/queues/org.clacks"],
    [{ product: "RabbitMQ" }, "rabbitmq", "/exchange/org.clacks", "/exchange/org.clacks/#"],
    [{ product: "qpid-cpp", version: "1.39.0" }, "qpidd", "org.clacks", "org.clacks"],
    [{ product: "something else" }, "generic", "org.clacks", "org.clacks"],
    [{ product: 5 }, "generic", "org.clacks", "org.clacks"],
    [{}, "generic", "org.clacks", "org.clacks"],
  ];

  it.each(rows)("%j is %s", (properties, name, publish, subscribe) => {
    const dialect = chooseDialect(properties);
    expect([dialect.name, dialect.publishTo("org.clacks").address, dialect.subscribeTo("org.clacks").address]).toEqual([
      name,
      publish,
      subscribe,
    ]);
  });

  it("can be named", () => {
    for (const dialect of DIALECTS) expect(dialectNamed(dialect.name)).toBe(dialect);
    expect(() => dialectNamed("qpid")).toThrow(
      'option dialect must be one of embedded, qpid-broker-j, qpidd, qpidd-xml, activemq-classic, artemis, rabbitmq-4, rabbitmq, generic, got "qpid"',
    );
  });

  it("has a hint for an unknown topic", () => {
    for (const dialect of DIALECTS) expect(dialect.unknownTopicHint("org.clacks")).not.toBe("");
  });
});
