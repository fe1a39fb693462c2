import { afterEach, expect, it } from "vitest";
import { describeWith } from "../helpers/requirements.ts";
import { POSTGRES } from "../helpers/postgres.ts";
import { runChaos, type ChaosPlan } from "./chaos/run-chaos.ts";
import { PRODUCT_NEEDS } from "./products.ts";

const FULL = process.env["XQBUS_FULL"] === "1";
const SEED = Number(process.env["XQBUS_SEED"] ?? Date.now() % 1_000_000);

const SHORT: Omit<ChaosPlan, "product" | "seed"> = {
  subscriptions: { consumers: 10, ordered: 2, listeners: 10, routes: 40 },
  ...{ keys: 20, senders: 4, pauseMs: 50 },
  ...{ kills: 2, stops: 0, brokerCrashes: 1, databaseCrashes: 1 },
};
const LONG: typeof SHORT = {
  subscriptions: { consumers: 100, ordered: 5, listeners: 100, routes: 800 },
  ...{ keys: 200, senders: 8, pauseMs: 100 },
  ...{ kills: 12, stops: 2, brokerCrashes: 3, databaseCrashes: 3 },
};
const PRODUCTS = FULL ? (["artemis-pair", "qpid-broker-j"] as const) : (["artemis"] as const);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
}, 120_000);

for (const product of PRODUCTS) {
  const needs = PRODUCT_NEEDS[product === "artemis-pair" ? "artemis" : product];
  describeWith([...needs, POSTGRES], `three daemons in front of ${product}`, () => {
    it("lose nothing for any subscription while daemons, broker and database are killed", async () => {
      const plan = { ...(FULL ? LONG : SHORT), product, seed: SEED };
      process.stdout.write(`chaos on ${product}, XQBUS_SEED=${SEED}\n`);
      const begun = performance.now();
      const tell = (step: string): void => {
        if (FULL) process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(1)} s: ${step}\n`);
      };
      const report = await runChaos(plan, { atEnd: (cleanUp) => cleanUps.push(cleanUp), tell });
      const { acked, expected, duplicates, seconds, recovery } = report;
      const { consumers, listeners, routes } = plan.subscriptions;
      process.stdout.write(
        `chaos on ${product}: ${acked} events in ${seconds.toFixed(0)} s, ${expected} deliveries to ${consumers + listeners + routes} ` +
          `subscriptions; ${plan.kills} kills, ${plan.stops} stops, ${plan.brokerCrashes} of the broker, ${plan.databaseCrashes} of the ` +
          `database; ${report.lost.length} lost, ${duplicates} twice; settled after ${recovery.toFixed(1)} s\n`,
      );
      for (const [name, count] of lostBy(report.lost)) process.stdout.write(`${name} lacks ${count}\n`);
      expect(report).toMatchObject({ lost: [], foreign: [], disordered: [], unanswered: 0, health: [] });
      expect(report.exitCodes).toEqual(Array.from({ length: plan.stops }, () => 0));
      expect(acked).toBeGreaterThan(50);
    }, 3_600_000);
  });
}

/** How much each subscription lacks. */
function lostBy(lost: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [name = ""] of lost.map((line) => line.split(" "))) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
