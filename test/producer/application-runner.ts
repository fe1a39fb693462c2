import { openDatabase } from "../../src/database/index.ts";

/** An application that writes as long as it lives, and says what was committed: `application-runner DATABASE FIRST`. */
const [url = "", first = "0"] = process.argv.slice(2);
const { kysely, sql } = await openDatabase<unknown>(url);
for (let id = Number(first); ; id++) {
  await kysely.transaction().execute(async (transaction) => {
    await sql`INSERT INTO customers(id, name) VALUES(${id}, ${"new"})`.execute(transaction);
    process.stdout.write(`began ${id}\n`);
    await sql`UPDATE customers SET name = ${"known"} WHERE id = ${id}`.execute(transaction);
  });
  process.stdout.write(`committed ${id}\n`);
}
