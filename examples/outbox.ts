/**
 * A telephone exchange that writes its calls into a database. A call is a row and an event, and either both of them are there or none.
 *
 *     npx tsx examples/outbox.ts calls.db amqp://admin:secret@localhost/org.clacks
 */
import { closeSync, openSync } from "node:fs";
import { EventMaker } from "xqbus";
import { installProducer, openDatabase, openRelay, outbox } from "xqbus/producer";

const [file = "calls.db", bus = "amqp://admin:secret@localhost/org.clacks"] = process.argv.slice(2);
closeSync(openSync(file, "a"));
await using database = await openDatabase<unknown>(`sqlite:${file}`);
const { kysely, sql } = database;
await sql`CREATE TABLE IF NOT EXISTS calls(id integer PRIMARY KEY, caller text, receiver text, pin text)`.execute(
  kysely,
);

// Changes of the table are events by themselves; what is masked stays in the database.
await installProducer(database, { table: "calls", domain: "exchange", mask: ["pin"] });

const e = EventMaker();
async function call(caller: string, receiver: string, status: string): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await sql`INSERT INTO calls(caller, receiver, pin) VALUES(${caller}, ${receiver}, '4711')`.execute(transaction);
    // An event of the application's own, in the same transaction.
    await outbox.add(transaction, e.Event(e.PhoneStatus({ CallerId: caller, ReceiverId: receiver, Status: status })));
    if (receiver === "") throw new Error("nobody to call");
  });
}

await call("012345", "12343424", "busy");
await call("012345", "", "ringing").catch((error: unknown) => console.log(`not committed: ${String(error)}`));
await call("012345", "98765", "ringing");

// Anywhere else, `xqbus producer run` or [producer] of a daemon does this.
await using relay = openRelay({ database, bus, once: true });
await relay.ended;
console.log(`published ${relay.counts.published} events`);
