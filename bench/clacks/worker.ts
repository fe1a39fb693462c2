/** The sender or the receiver of xqbus, on the common work; see `bus.py` for the same in Python. */
import { xqbus } from "../compiled-package.ts";
import type { Amount, Mark, News, Task } from "./protocol.ts";
import { readEvents } from "./work.ts";

/** Events under way, and messages that the broker may send ahead: as in the other program. */
const WINDOW = 300;
const PREFETCH = 500;

/** Notes what each round costs. */
class Marks {
  readonly all: Mark[] = [];
  readonly #amount: Amount;
  #count = 0;
  #user = 0;
  #time = 0;

  constructor(amount: Amount) {
    this.#amount = amount;
  }

  /** One event is done. @returns whether that was the last one */
  count(): boolean {
    const { warm, events, rounds } = this.#amount;
    const counted = ++this.#count - warm;
    if (counted >= 0 && counted % events === 0) {
      const [user, time] = [process.cpuUsage().user, performance.now()];
      if (counted > 0) {
        this.all.push({ cost: (user - this.#user) / events, perSecond: (events * 1000) / (time - this.#time) });
      }
      [this.#user, this.#time] = [user, time];
    }
    return counted === events * rounds;
  }
}

async function send({ url, work, schemas, amount }: Task): Promise<Marks> {
  const catalog = await xqbus.loadCatalog({ directories: [schemas] });
  const [problem] = catalog.problems;
  if (problem !== undefined) throw new Error(problem.message);
  const e = new xqbus.EventMaker(catalog);
  const publisher = await xqbus.EventPublisher.open(url, { catalog });
  const events = readEvents(work);
  const marks = new Marks(amount);
  const total = amount.warm + amount.events * amount.rounds;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < total) {
      const { type, fields } = events[next++ % events.length]!;
      const children = fields.map(([name, value]) => e.element(name, {}, value));
      await publisher.sendEvent(e.Event(e.element(type, {}, ...children)));
      marks.count();
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
  await publisher.close();
  return marks;
}

async function receive({ url, filters, amount }: Task): Promise<{ readonly marks: Marks; readonly hits: number }> {
  const index = new xqbus.FilterIndex();
  const namespace = "declare namespace f = 'http://www.gonicus.de/Events'; ";
  for (const [id, [type, field, value]] of filters.entries()) {
    index.add(String(id), xqbus.compileFilter(`${namespace}/f:Event/f:${type}[f:${field} = '${value}']`));
  }
  const marks = new Marks(amount);
  let hits = 0;
  const callback = (): void => void hits++;
  let consumer: Awaited<ReturnType<typeof xqbus.AMQPEventConsumer.open>> | undefined;
  await new Promise<void>((resolve, reject) => {
    xqbus.AMQPEventConsumer.open(url, {
      prefetch: PREFETCH,
      callback: ({ document }) => {
        index.match(document).forEach(callback);
        if (marks.count()) resolve();
      },
    }).then((opened) => {
      consumer = opened;
      tell("ready");
    }, reject);
  });
  await consumer?.close();
  return { marks, hits };
}

function tell(news: News): void {
  process.send?.(news);
}

process.once("message", (task: Task) => {
  const { warm, events, rounds } = task.amount;
  const work = task.role === "sender" ? send(task).then((marks) => ({ marks, hits: 0 })) : receive(task);
  work.then(
    ({ marks, hits }) => {
      tell({ marks: marks.all, hitsPerEvent: hits / (warm + events * rounds) });
      process.disconnect();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
