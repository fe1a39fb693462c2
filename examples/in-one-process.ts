/**
 * Everything in one process: a broker, an event type of your own, a consumer and a publisher. Ends by itself.
 *
 *     npx tsx examples/in-one-process.ts
 */
import { join } from "node:path";
import { AMQPEventConsumer, EventMaker, EventPublisher, InvalidEventError, loadCatalog, startBroker } from "xqbus";

// A folder of XSD files is all that a new event type needs.
using catalog = await loadCatalog({ directories: [join(import.meta.dirname, "schemas")] });
await using broker = await startBroker();

let done = (): void => undefined;
const received = new Promise<void>((resolve) => (done = resolve));
await using consumer = await AMQPEventConsumer.open(broker.url(), {
  xquery: 'declare namespace f = "http://www.gonicus.de/Events"; ./f:Event/f:DoorOpened[f:Minutes > 5]',
  catalog,
  callback: (event) => {
    console.log(`the door ${event.get("Door")} was open for ${event.get("Minutes")} minutes`);
    done();
  },
});

await using publisher = await EventPublisher.open(broker.url(), { catalog });
const e = new EventMaker<"DoorOpened" | "Door" | "Minutes">(catalog);
await publisher.sendEvent(e.Event(e.DoorOpened(e.Door("north"), e.Minutes(2))));
await publisher.sendEvent(e.Event(e.DoorOpened(e.Door("south"), e.Minutes(12))));
await received;

try {
  await publisher.sendEvent(e.Event(e.DoorOpened(e.Door("west"), e.Minutes("a while"))));
} catch (error) {
  if (!(error instanceof InvalidEventError)) throw error;
  console.log(`refused: ${error.problems[0]?.message}`);
}

console.log(`${consumer.counts.received} of 2 events came: the broker evaluates the filter`);
