/**
 * The seed's sender: makes a PhoneStatus event without writing XML by hand and sends it.
 *
 *     npx tsx examples/sender.ts [URL]
 */
import { AMQPServiceProxy, EventMaker } from "xqbus";

const url = process.argv[2] ?? process.env["XQBUS_URL"] ?? "amqp://admin:secret@localhost/org.clacks";

// Connects to the AMQP bus with the first event.
await using proxy = new AMQPServiceProxy(url);

const e = new EventMaker();
const status = e.Event(e.PhoneStatus(e.CallerId("012345"), e.ReceiverId("12343424"), e.Status("busy")));

// Resolves when the broker has taken the event over; rejects with everything that is wrong otherwise.
await proxy.sendEvent(status);
console.log("sent");
