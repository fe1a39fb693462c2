import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import { xqbus } from "../compiled-package.ts";
import { userTimeOf } from "../process-time.ts";
import type { BenchmarkOptions, Report } from "../report.ts";
import { ratioOf, spreadOf } from "../spread.ts";
import type { PlainLoopOrder } from "./plain-loop.ts";

const DEFAULT_ROUNDS = 7;
const DEFAULT_EVENTS = 2000;
/** Rounds that do not count: until the compilers have done their work. */
const WARM_UP_ROUNDS = 2;
/** Calls at the same time, of both. */
const CONCURRENCY = 32;
const LOOK_MS = 5;

interface Round {
  /** User CPU of the process that calls, in µs an event. */
  readonly cost: number;
  /** Events a second. */
  readonly rate: number;
}

/**
 * Webhooks of a listener beside a loop that does nothing but call: the same receiver, the same body, as many calls at a time. The daemon's
 * side has all of it: events come over AMQP, are validated, flushed to disk, matched, recorded, delivered, and their outcome is recorded.
 */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_EVENTS }: BenchmarkOptions): Promise<Report> {
  const receiver = await Receiver.start();
  const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
  const daemon = await Daemon.start(folder, receiver.url);
  const loop = fork(new URL("plain-loop.ts", import.meta.url), { execArgv: ["--import", "tsx"] });
  await once(loop, "message");
  const results = { daemon: [] as Round[], loop: [] as Round[] };
  try {
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
      const one = await measure(daemon.pid, events, receiver, () => daemon.send(events));
      const order: PlainLoopOrder = { url: receiver.url, body: BODY, count: events, concurrency: CONCURRENCY };
      const other = await measure(loop.pid ?? 0, events, receiver, () => void loop.send(order));
      if (round < WARM_UP_ROUNDS) continue;
      results.daemon.push(one);
      results.loop.push(other);
    }
  } finally {
    await daemon.end();
    loop.kill();
    receiver.end();
    rmSync(folder, { recursive: true, force: true });
  }
  const costs = (of: readonly Round[]): readonly number[] => of.map(({ cost }) => cost);
  const rates = (of: readonly Round[]): readonly number[] => of.map(({ rate }) => rate);
  return {
    tables: [
      {
        title: `Webhooks: ${events} events a round, ${CONCURRENCY} calls at a time`,
        columns: ["", "user CPU µs an event", "ratio", "events a second", "ratio"],
        rows: [
          ["plain undici loop", spreadOf(costs(results.loop)), 1, spreadOf(rates(results.loop)), 1],
          [
            "listener: AMQP, validation, disk, match, record, call",
            spreadOf(costs(results.daemon)),
            ratioOf(costs(results.daemon), costs(results.loop)),
            spreadOf(rates(results.daemon)),
            ratioOf(rates(results.daemon), rates(results.loop)),
          ],
        ],
      },
    ],
  };
}

const DOCUMENT =
  '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>012345</CallerId>' +
  "<ReceiverId>12343424</ReceiverId><Status>busy</Status></PhoneStatus></Event>";
const BODY: string = JSON.stringify({
  event_type: "PhoneStatus",
  payload: { CallerId: "012345", ReceiverId: "12343424", Status: "busy" },
});

async function measure(
  pid: number,
  events: number,
  receiver: Receiver,
  begin: () => void | Promise<void>,
): Promise<Round> {
  const before = await receiver.taken();
  const cpu = userTimeOf(pid) ?? NaN;
  const start = performance.now();
  const begun = begin();
  while ((await receiver.taken()) - before < events) await sleep(LOOK_MS);
  const elapsedMs = performance.now() - start;
  await begun;
  // Outcomes are recorded a moment after the call.
  await sleep(200);
  return { cost: ((userTimeOf(pid) ?? NaN) - cpu) / events, rate: (events * 1000) / elapsedMs };
}

class Receiver {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async start(): Promise<Receiver> {
    const child = fork(new URL("receiver.ts", import.meta.url), { execArgv: ["--import", "tsx"] });
    const [{ port }] = (await once(child, "message")) as [{ readonly port: number }];
    return new Receiver(child, port);
  }

  async taken(): Promise<number> {
    this.#process.send("taken");
    const [{ taken }] = (await once(this.#process, "message")) as [{ readonly taken: number }];
    return taken;
  }

  end(): void {
    this.#process.kill();
  }
}

/** `xqbus serve --http` as its users run it, with one listener. */
class Daemon {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #publisher: Awaited<ReturnType<typeof xqbus.EventPublisher.open>>;

  private constructor(process: ChildProcess, publisher: Awaited<ReturnType<typeof xqbus.EventPublisher.open>>) {
    this.#process = process;
    this.#publisher = publisher;
    this.pid = process.pid ?? 0;
  }

  static async start(folder: string, url: string): Promise<Daemon> {
    const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
    const args = [
      "serve",
      "--port",
      "0",
      "--http",
      "0",
      "--http-auth",
      "none",
      "--data",
      folder,
      "--user",
      "bench:bench",
    ];
    const child = spawn(process.execPath, [main, ...args, "--json"], {
      env: { ...process.env, XQBUS_LISTENER__ALLOW_NETWORKS: "127.0.0.0/8", XQBUS_LOG__LEVEL: "error" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const ready = JSON.parse(line) as { readonly url: string; readonly http: string };
    const answer = await fetch(`${ready.http}/listeners`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        notifier: "http",
        config: { url },
        eventTypes: ["PhoneStatus"],
        concurrency: CONCURRENCY,
      }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const publisher = await xqbus.EventPublisher.open(ready.url.replace("***", "bench"), { validate: false });
    return new Daemon(child, publisher);
  }

  async send(count: number): Promise<void> {
    const documents = function* (): Iterable<string> {
      for (let index = 0; index < count; index++) yield DOCUMENT;
    };
    await this.#publisher.sendEvents(documents(), { window: 200 });
  }

  async end(): Promise<void> {
    await this.#publisher.close();
    this.#process.kill("SIGTERM");
    await once(this.#process, "exit");
  }
}
