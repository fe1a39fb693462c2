/**
 * A consumer without a callback is an async iterator: here the first three busy phones, then the end.
 *
 *     npx tsx examples/iterate.ts [URL]
 */
import { AMQPEventConsumer } from "xqbus";

const url = process.argv[2] ?? process.env["XQBUS_URL"] ?? "amqp://admin:secret@localhost/org.clacks";

await using consumer = await AMQPEventConsumer.open(url, {
  xpath: "/e:Event/e:PhoneStatus[e:Status = 'busy']",
});
console.log("listening");

let count = 0;
for await (const { event, properties } of consumer) {
  console.log(`${properties.subject}: ${event.get("CallerId")} is ${event.get("Status")}`);
  if (++count === 3) break;
}
