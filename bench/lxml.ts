import { spawnSync } from "node:child_process";
import type { Measurement } from "./measure.ts";
import { SHIPPED_BASE, ALL_SCHEMAS } from "./shipped-schemas.ts";
import { ratioOf, spreadOf } from "./spread.ts";

const SCRIPT = `
import json, os, sys
from lxml import etree
job = json.load(sys.stdin)
schema = etree.XMLSchema(etree.fromstring(job["schema"].encode(), base_url=job["base"]))
events = [event.encode() for event in job["events"]]
def turn(count):
    begin = os.times().user
    for i in range(count):
        if schema.validate(etree.fromstring(events[i % len(events)])) != job["valid"]:
            raise Exception("lxml judges otherwise")
    return (os.times().user - begin) / count * 1e6
turn(20000)
json.dump({"version": etree.LXML_VERSION, "libxml2": etree.LIBXML_VERSION, "costs": [turn(20000) for _ in range(job["rounds"])]}, sys.stdout)
`;

/** What lxml needs for the events, in user CPU microseconds; undefined where python3 or lxml is missing. */
export function measureLxml(
  events: readonly Buffer[],
  isValid: boolean,
  baseline: Measurement,
  rounds: number,
): Measurement | undefined {
  const job = { schema: ALL_SCHEMAS, base: SHIPPED_BASE, events: events.map(String), valid: isValid, rounds };
  const { status, stdout } = spawnSync("python3", ["-c", SCRIPT], { input: JSON.stringify(job), encoding: "utf8" });
  if (status !== 0) return undefined;
  const { version, libxml2, costs } = JSON.parse(stdout) as {
    readonly version: readonly number[];
    readonly libxml2: readonly number[];
    readonly costs: readonly number[];
  };
  const name = `lxml ${version.slice(0, 3).join(".")} (libxml2 ${libxml2.join(".")}), in Python, measured afterwards`;
  return {
    name,
    cost: spreadOf(costs),
    ratio: ratioOf(
      costs,
      costs.map(() => baseline.cost.median),
    ),
  };
}
