import { fork, spawnSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBrokerJ } from "../../test/brokers/qpid-broker-j/qpid-broker-j.ts";
import type { RunningBroker } from "../../test/brokers/running-broker.ts";
import { JAVA, MAVEN, SHARED_FOLDER, sharedFolder } from "../../test/helpers/requirements.ts";
import { SERVER_JAVA_OPTIONS } from "../java-options.ts";
import { userTimeOf } from "../process-time.ts";
import type { BenchmarkOptions, Report, Target } from "../report.ts";
import { spreadOf, type Spread } from "../spread.ts";
import type { Amount, Done, News, Task } from "./protocol.ts";
import { readFilters, writeSchemas } from "./work.ts";

/** Numbers of filters, and how many times the events/s of Clacks are aimed at. */
const AIMS: readonly (readonly [filters: number, aim: number | undefined])[] = [
  [1, 3],
  [100, undefined],
  [1000, 20],
];
const DEFAULT_EVENTS = 4000;
const DEFAULT_ROUNDS = 3;
/** Events that do not count: Python compiles nothing on the way, V8 and the broker's Java do. */
const WARM_UP = { clacks: 2_000, xqbus: 20_000 };
/** The Python of Clacks: it needs lxml and python3-qpid-proton. */
const PYTHON = process.env["PYTHON"] ?? "python3";

/** The whole way of one event; user CPU in microseconds, medians. */
interface Chain {
  readonly sender: number;
  readonly receiver: number;
  readonly broker: number;
  /** What the slower end could do with a core of its own. */
  readonly perSecond: number;
  readonly hits: number;
}

/** Make, validate, send, broker, filter, callback: xqbus beside the same in Python as Clacks would be today, over one Broker-J. */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_EVENTS }: BenchmarkOptions): Promise<Report> {
  const missing = [JAVA, MAVEN, SHARED_FOLDER].flatMap((need) => need.missing() ?? []);
  if (missing.length > 0) return { tables: [], notes: [`skipped: ${missing.join("; ")}`] };
  if (spawnSync(PYTHON, ["-c", "import lxml.etree, proton"]).status !== 0) {
    return { tables: [], notes: [`skipped: ${PYTHON} has no lxml and proton (PYTHON names another python3)`] };
  }
  const folder = mkdtempSync(join(tmpdir(), "xqbus-clacks-"));
  const work = join(folder, "work");
  const peers = join(sharedFolder() ?? "", "peers");
  spawnSync(process.execPath, [join(peers, "make-work.js"), work]);
  writeSchemas(work, join(folder, "schemas"));
  const broker = await startBrokerJ({ javaOptions: SERVER_JAVA_OPTIONS });
  const amount = { events, rounds };
  try {
    const rows: (readonly [filters: number, aim: number | undefined, clacks: Chain, ours: Chain])[] = [];
    for (const [filters, aim] of AIMS) {
      const clacks = await clacksChain(join(peers, "clacks-python", "bus.py"), broker, folder, filters, {
        ...amount,
        warm: WARM_UP.clacks,
      });
      const ours = await ownChain(broker, folder, filters, { ...amount, warm: WARM_UP.xqbus });
      rows.push([filters, aim, clacks, ours]);
    }
    return {
      tables: [
        {
          title: `${rounds} × ${events} events of 300 bytes through Broker-J: user CPU µs per event; events/s of the slower end`,
          columns: ["filters", "", "sender", "receiver", "broker", "events/s", "ratio", "matches per event"],
          rows: rows.flatMap(([filters, , clacks, ours]) => [
            row(filters, "Clacks (Python, lxml, proton)", clacks, clacks),
            row(filters, "xqbus", ours, clacks),
          ]),
        },
      ],
      targets: rows.flatMap(([filters, aim, clacks, ours]): readonly Target[] =>
        aim === undefined
          ? []
          : [
              {
                text: `cost in relation to Clacks, ${filters} filters`,
                limit: Number((1 / aim).toFixed(3)),
                measured: only(clacks.perSecond / ours.perSecond),
              },
            ],
      ),
      rows: rows.map(([filters, , clacks, ours]) => ({ filters, clacks, xqbus: ours })),
    };
  } finally {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(filters: number, name: string, chain: Chain, clacks: Chain): readonly (string | number)[] {
  const { sender, receiver, broker, perSecond, hits } = chain;
  return [String(filters), name, sender, receiver, broker, perSecond, perSecond / clacks.perSecond, hits];
}

function only(value: number): Spread {
  return spreadOf([value]);
}

async function clacksChain(
  program: string,
  broker: RunningBroker,
  folder: string,
  filters: number,
  { warm, events, rounds }: Amount,
): Promise<Chain> {
  const place = join(folder, "broker");
  mkdirSync(place, { recursive: true });
  const pidFile = join(place, "pid");
  writeFileSync(pidFile, String(broker.pid));
  const url = broker.url.replace(/\/[^/]*$/, "");
  writeFileSync(
    join(place, "broker.env"),
    `AMQP_URL=${url}\nAMQP_TOPIC=${broker.addresses.topic}\nAMQP_PID_FILE=${pidFile}\n`,
  );
  const numbers = [filters, events, rounds, warm].map(String);
  const child = spawn(PYTHON, [program, place, join(folder, "work"), ...numbers], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  const figure = (name: string): number => Number(new RegExp(`${name}[= ]([\\d.]+)`).exec(text)?.[1] ?? NaN);
  const [sender, receiver, ofBroker] = ["sender", "receiver", "broker"].map((end) => figure(`${end}_user_us`));
  return chainOf(sender!, receiver!, ofBroker!, figure("hits"));
}

async function ownChain(broker: RunningBroker, folder: string, filters: number, amount: Amount): Promise<Chain> {
  const work = join(folder, "work");
  const task = { url: broker.url, work, schemas: join(folder, "schemas"), filters: readFilters(work, filters), amount };
  const [receiver, sender] = [startWorker(), startWorker()];
  const ready = news(receiver);
  receiver.send({ ...task, role: "receiver" } satisfies Task);
  await ready;
  const before = userTimeOf(broker.pid) ?? NaN;
  const results = [news(receiver), news(sender)] as const;
  sender.send({ ...task, role: "sender" } satisfies Task);
  const [received, sent] = (await Promise.all(results)) as readonly [Done, Done];
  const total = amount.warm + amount.events * amount.rounds;
  const relayed = ((userTimeOf(broker.pid) ?? NaN) - before) / total;
  const cost = ({ marks }: Done): number => spreadOf(marks.map((mark) => mark.cost)).median;
  return chainOf(cost(sent), cost(received), relayed, received.hitsPerEvent);
}

function chainOf(sender: number, receiver: number, broker: number, hits: number): Chain {
  return { sender, receiver, broker, perSecond: 1_000_000 / Math.max(sender, receiver), hits };
}

function startWorker(): ChildProcess {
  return fork(join(import.meta.dirname, "worker.ts"));
}

/** The next thing that a worker tells. */
function news(child: ChildProcess): Promise<News> {
  return new Promise((resolve, reject) => {
    child.once("message", (message: News) => resolve(message));
    child.once("exit", (code) => reject(new Error(`a process of the benchmark ended with ${code ?? "a signal"}`)));
  });
}
