/**
 * A producer in a process of its own: it takes events on as fast as it can and tells each number that is in its journal, until it is
 * killed. With `drain` it takes nothing on, sends what is left, and ends. Arguments: URL, journal, first number or `drain`.
 */
import { EventPublisher } from "../../src/amqp/index.ts";

const LANES = 20;
const [url = "", journal = "", first = ""] = process.argv.slice(2);

const publisher = EventPublisher.openLater(url, {
  journal,
  validate: false,
  whenFull: "wait",
  sendTimeoutMs: 120_000,
  closeTimeoutMs: 120_000,
});
if (first === "drain") {
  await publisher.close();
  process.exit(publisher.journal?.counts.waiting === 0 ? 0 : 1);
}
let next = Number(first);
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (;;) {
      const number = next++;
      const id = await publisher.enqueue(`<Event><Ping>${number}</Ping></Event>`);
      process.send?.({ number, id });
    }
  }),
);
