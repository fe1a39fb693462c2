import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { EventTimeline } from "../../src/server/index.ts";
import { Command, run } from "./command.ts";

const TASKLET = `
import { existsSync, writeFileSync } from "node:fs";
export async function main({ params }) {
  const number = params.eventBody;
  writeFileSync("began." + number, "");
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync("ended." + number + "." + params.attempt, "");
}
`;

let folder: string;
let broker: Command;
let url: string;
let http: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-e2e-consumer-"));
  writeFileSync(join(folder, "consumer.cfg"), "[main]\nevent_key = crm.#\nworkers = 2\n");
  writeFileSync(join(folder, "work.mjs"), TASKLET);
  broker = new Command(["serve", "--port", "0", "--http", "0", "--http-auth", "none", "--json"]);
  await broker.prints("stdout", "\n");
  ({ url, http } = JSON.parse(broker.stdout) as { readonly url: string; readonly http: string });
});

afterEach(async () => {
  broker.signal("SIGTERM");
  await broker.ended;
  rmSync(folder, { recursive: true });
});

const files = (kind: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(kind))
    .sort();

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await wait(20);
}

it("SIGTERM of a consumer lets the events end that are being handled, once, and leaves the others to the next one", async () => {
  const consumer = new Command(["consumer", "run", folder, "--url", url]);
  await consumer.prints("stderr", "1 consumer(s)");
  for (const number of [1, 2, 3]) expect((await run(["publish", "crm.lead", `${number}`, "--url", url])).code).toBe(0);
  await until(() => files("began").length === 2);
  consumer.signal("SIGTERM");
  await wait(300);
  expect(files("ended")).toEqual([]);
  writeFileSync(join(folder, "go"), "");
  const { code, stdout, stderr } = await consumer.ended;
  expect([code, stdout.match(/handled by work\.mjs/g)?.length, stderr.includes("warning")]).toEqual([0, 2, false]);
  expect(files("ended")).toEqual(["ended.1.1", "ended.2.1"]);

  const next = new Command(["consumer", "run", folder, "--url", url]);
  await next.prints("stdout", "handled by work.mjs");
  next.signal("SIGTERM");
  expect((await next.ended).code).toBe(0);
  expect(files("ended").map((name) => name.slice(0, 7))).toEqual(["ended.1", "ended.2", "ended.3"]);
}, 120_000);

it("SIGTERM of a consumer ends it in time where a tasklet does not end, with the processes, and the event comes again", async () => {
  const consumer = new Command(["consumer", "run", folder, "--url", url]);
  await consumer.prints("stderr", "1 consumer(s)");
  expect((await run(["publish", "crm.lead", "1", "--url", url])).code).toBe(0);
  await until(() => files("began").length === 1);
  consumer.signal("SIGTERM");
  expect((await consumer.ended).code).toBe(0);
  expect(existsSync(join(folder, "ended.1.1"))).toBe(false);
  writeFileSync(join(folder, "go"), "");
  await wait(500);
  // Nobody is left who could have done it.
  expect(files("ended")).toEqual([]);
  const next = new Command(["consumer", "run", folder, "--url", url]);
  await next.prints("stdout", "handled by work.mjs");
  next.signal("SIGTERM");
  expect((await next.ended).code).toBe(0);
  expect(files("ended")).toHaveLength(1);
}, 120_000);

it("what tasklets did is in xqbus trace and in the metrics of a daemon", async () => {
  writeFileSync(join(folder, "go"), "");
  writeFileSync(
    join(folder, "broken.mjs"),
    "export const match = ({ params }) => params.eventBody === '1';\nexport const main = () => { throw new Error('no page'); };",
  );
  const consumer = new Command(["consumer", "run", folder, "--url", url, "--http", http, "--retry", "2x schedule 1s"]);
  await consumer.prints("stderr", "1 consumer(s)");
  const published: string[] = [];
  for (const number of ["1", "2"]) {
    const { code, stdout } = await run(["publish", "crm.lead", number, "--http", http, "--json"]);
    expect(code).toBe(0);
    published.push((JSON.parse(stdout) as { readonly id: string }).id);
  }
  const [first = "", second = ""] = published;
  await until(() => files("ended").length === 2);
  // Ctrl-C tells what was not told yet.
  await consumer.prints("stdout", "given up");
  consumer.signal("SIGTERM");
  expect((await consumer.ended).code).toBe(0);

  const name = basename(folder);
  const { stdout: trace } = await run(["trace", first, "--http", http]);
  expect(trace).toMatch(new RegExp(`consumer ${name}  work\\.mjs succeeded after .*, attempt 1`));
  for (const attempt of [1, 2]) {
    const line = `consumer ${name}  broken\\.mjs failed after .*, attempt ${attempt}: .*no page`;
    expect(trace).toMatch(new RegExp(line));
  }
  const { stdout: json } = await run(["trace", second, "--http", http, "--json"]);
  expect((JSON.parse(json) as EventTimeline).tasklets).toMatchObject([
    { consumer: name, tasklet: "work.mjs", eventId: second, eventKey: "crm.lead", attempt: 1, outcome: "succeeded" },
  ]);
  const lines = (await (await fetch(`${http}/metrics`)).text()).split("\n");
  expect(lines).toContain(`xqbus_tasklet_runs_total{consumer="${name}",tasklet="work.mjs",outcome="succeeded"} 2`);
  expect(lines).toContain(`xqbus_tasklet_runs_total{consumer="${name}",tasklet="broken.mjs",outcome="failed"} 2`);
}, 120_000);
