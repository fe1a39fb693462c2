import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker, BrokerOptions } from "../../src/broker/index.ts";
import { run, Running } from "./harness.ts";

let broker: Broker;

beforeAll(async () => {
  broker = await startBroker({ users: { admin: "secret" } });
});

afterAll(() => broker.close());

function rate(...args: readonly string[]): readonly string[] {
  return ["send", "PhoneStatus", "--sample", "--rate", "1000", "--url", broker.url(), ...args];
}

/** Without what depends on the time. */
function withoutTime(text: string): string {
  return text.replace(/in [\d.]+ s \([\d.]+\/s\)/, "in TIME");
}

describe("send --rate", () => {
  it("sends so many different samples and tells the totals", async () => {
    const callers = new Set<string>();
    await using consumer = await AMQPEventConsumer.open(broker.url(), {
      callback: (event) => void callers.add(event.toString()),
    });
    const { code, stdout, stderr } = await run(rate("--count", "50", "--seed", "3"));
    expect({ code, stdout: withoutTime(stdout), stderr }).toEqual({
      code: 0,
      stdout: `sent 50 PhoneStatus in TIME to amqp://admin@127.0.0.1:${broker.port}/org.clacks; the broker has accepted all of them\n`,
      stderr: "seeds 3 to 52\n",
    });
    await vi.waitFor(() => expect(consumer.counts.received).toBe(50), { timeout: 20_000 });
    expect(callers.size).toBe(50);
  });

  it("tells the totals as one JSON object with --json", async () => {
    const { code, stdout, stderr } = await run(rate("--count", "20", "--seed", "3", "--json"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      ...{ event: "PhoneStatus", domain: "org.clacks", seed: 3, rate: 1000 },
      ...{ sent: 20, accepted: 20, refused: 0, seconds: expect.any(Number) as number },
    });
  });

  it("goes on until Ctrl-C, which ends it in order", async () => {
    const command = new Running(rate("--seed", "3"), { terminal: true, env: { NO_COLOR: "1" } });
    await command.prints("stderr", "; Ctrl-C ends it");
    command.interrupt();
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sent \d+ PhoneStatus in .+ the broker has accepted all of them\n$/);
    expect(stderr).toMatch(/^seeds from 3\n(\r\u001b\[Ksent \d+ PhoneStatus in [^\n]+)+\r\u001b\[K$/);
  });

  it("goes on when the broker refuses events, tells why once, and ends with exit code 1", async () => {
    let events = 0;
    const wrong = { condition: "xqbus:invalid-event", description: "not this one" };
    const onPublish: BrokerOptions["onPublish"] = () => (++events % 2 === 0 ? wrong : undefined);
    await using strict = await startBroker({ users: { admin: "secret" }, onPublish });
    const { code, stdout, stderr } = await run([...rate("--count", "10"), "--url", strict.url()]);
    expect(code).toBe(1);
    expect(stdout).toContain("; the broker has accepted 5 of 10, and 5 not\n");
    expect(stderr.match(/xqbus: not sent: /g)).toHaveLength(1);
  });

  it("sends nothing when the sample cannot be made", async () => {
    const { code, stdout, stderr } = await run(rate("--count", "5", "--set", "Colour=red"));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/PhoneStatus has no part "Colour"/);
  });
});
