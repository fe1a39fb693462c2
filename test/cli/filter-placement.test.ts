import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { ScriptedBroker } from "../amqp/scripted-broker.ts";
import { run } from "./harness.ts";

const BUSY = '/e:Event/e:PhoneStatus[e:Status = "busy"]';

describe("xqbus filter placement", () => {
  let broker: Broker;
  let artemis: ScriptedBroker;

  beforeAll(async () => {
    broker = await startBroker({ users: { admin: "secret" } });
    artemis = await ScriptedBroker.start({ product: "apache-activemq-artemis", echoesFilters: true });
  });

  afterAll(async () => {
    await broker.close();
    await artemis.close();
  });

  it("says that the embedded broker evaluates the filter", async () => {
    const { code, stdout, stderr } = await run(["filter", "placement", "--url", broker.url(), "--xpath", BUSY]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^broker {4}xqbus \d+\.\d+\.\d+ \(dialect embedded\)$/);
    expect(lines[1]).toContain("asked     xquery, applied: ");
    expect(lines.slice(2)).toEqual([
      "consumer  need not evaluate the filter",
      "because   the broker evaluates the filter itself, exactly",
      "",
    ]);
  });

  it("says what another product is asked for", async () => {
    const { stdout } = await run(["filter", "placement", "-", "--url", artemis.url(), "--mode", "labelled"], {
      stdin: BUSY,
    });
    expect(stdout.split("\n")).toEqual([
      "broker    apache-activemq-artemis (dialect artemis)",
      "asked     selector, applied: cloudEvents_type = 'org.clacks.event.PhoneStatus' AND Status = 'busy'",
      "consumer  evaluates the filter",
      "because   artemis evaluates no XQuery",
      "because   the filter runs here: only the filter itself is exact",
      "",
    ]);
  });

  it("prints the placement as JSON, also where nothing is asked", async () => {
    const { stdout } = await run(["filter", "placement", "--json", "--url", artemis.url(), "--xpath1", BUSY]);
    expect(JSON.parse(stdout)).toMatchObject({ dialect: "artemis", asked: [], applied: [], runsHere: true });
  });

  it.each([
    [["--xpath", "1", "--xquery", "1"], 2, "give one filter"],
    [["--xpath", "1", "--mode", "there"], 2, "Allowed choices are open, labelled, here"],
    [["--xpath", "("], 1, "xquery"],
  ] as const)("refuses %j", async (args, code, message) => {
    const outcome = await run(["filter", "placement", "--url", artemis.url(), ...args]);
    expect(outcome.code).toBe(code);
    if (code === 2) expect(outcome.stderr).toContain(message);
  });
});
