import { openDatabase } from "../../src/database/index.ts";
import { openRelay } from "../../src/producer/index.ts";

/** A relay that is killed before, or after, its statement of that number: `killed-relay-runner DATABASE BUS before|after NUMBER`. */
const [url = "", bus = "", moment = "", number = ""] = process.argv.slice(2);
const database = await openDatabase<unknown>(url);
const counts = { before: 0, after: 0 };

function count(now: "before" | "after"): void {
  counts[now]++;
  if (now === moment && counts[now] === Number(number)) process.kill(process.pid, "SIGKILL");
}

const kysely = database.kysely.withPlugin({
  transformQuery: ({ node }) => {
    count("before");
    return node;
  },
  transformResult: async ({ result }) => {
    count("after");
    return result;
  },
});
const { product, name, sql } = database;
await openRelay({
  database: {
    ...{ product, name, sql, kysely },
    insert: (inserts) => database.insert(inserts),
    signal: (channel, text) => database.signal(channel, text),
    hear: (channel, hear) => database.hear(channel, hear),
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database.close(),
  },
  ...{ bus, once: true, batch: 2 },
}).ended;
process.stdout.write(`statements ${counts.before}\n`);
await database.close();
