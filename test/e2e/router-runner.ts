/**
 * A router in a process of its own, until it is killed: it answers each message of the parent with what it has done. Arguments: URL, database.
 */
import { openRouterDatabase, Router } from "../../src/router/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";

/** A copy that is held back is waited for, however slow the machine is. */
const SEND_TIMEOUT_MS = 3_600_000;

const [url = "", file = ""] = process.argv.slice(2);
const router = new Router({
  ...{ url, catalog: await loadCatalog(), database: await openRouterDatabase(file), sendTimeoutMs: SEND_TIMEOUT_MS },
  onProblem: ({ message }) => console.error(message),
});
await router.start();
process.on("message", () => process.send?.(router.counts));
// Whoever started it is gone.
process.on("disconnect", () => process.exit());
process.send?.("ready");
