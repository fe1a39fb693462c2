import { openRelay } from "../../src/producer/index.ts";

/** A relay in a process of its own: `relay-runner DATABASE BUS`. */
const [database = "", bus = ""] = process.argv.slice(2);
await openRelay({ database, bus, pollMs: 20, retryMs: 50, batch: 5 }).ended;
