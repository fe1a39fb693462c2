/**
 * The seed's receiver: prints every PhoneStatus event until Ctrl-C.
 *
 *     npx tsx examples/receiver.ts [URL]
 */
import { AMQPEventConsumer } from "xqbus";
import type { Event } from "xqbus";

const url = process.argv[2] ?? process.env["XQBUS_URL"] ?? "amqp://admin:secret@localhost/org.clacks";

/** Event callback: the event is accepted when it returns and comes again when it throws. */
function printEvent(event: Event): void {
  console.log(event.toString({ pretty: true }));
}

const consumer = new AMQPEventConsumer(url, {
  xquery: `
    declare namespace f='http://www.gonicus.de/Events';
    let $e := ./f:Event
    return $e/f:PhoneStatus
  `,
  callback: printEvent,
});

process.once("SIGINT", () => void consumer.close());
process.once("SIGTERM", () => void consumer.close());

await consumer.ready;
console.log("listening");

// Until the consumer is closed; rejects when it can no longer consume.
await consumer.join();
