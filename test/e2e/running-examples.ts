import { afterAll, afterEach, beforeAll } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { Example } from "./example.ts";

/** Programs of `examples/` beside a broker, as a suite of tests has them. */
export interface RunningExamples {
  /** The URL of the broker; from the first test on. */
  readonly url: () => string;
  /** Starts an example, which is killed after the test. */
  readonly run: (name: string, args?: readonly string[], env?: Readonly<Record<string, string>>) => Example;
}

/** To be called in a `describe`: starts a broker before its tests and ends it after them. */
export function runningExamples(): RunningExamples {
  let broker: Broker;
  const examples: Example[] = [];

  beforeAll(async () => {
    broker = await startBroker({ users: { admin: "secret" } });
  });

  afterEach(() => {
    for (const example of examples.splice(0)) example.kill();
  });

  afterAll(() => broker.close());

  return {
    url: () => broker.url(),
    run: (name, args = [], env = {}) => {
      const example = new Example(name, args, env);
      examples.push(example);
      return example;
    },
  };
}
