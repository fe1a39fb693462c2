import { resourceUsage } from "node:process";
import { xqbus } from "../compiled-package.ts";
import type { BacklogStart } from "./store.ts";

/** Starts the broker with what is in a folder, and tells what that took. */
const [folder = ""] = process.argv.slice(2);
const start = performance.now();
const broker = await xqbus.startBroker({ store: { folder } });
const seconds = (performance.now() - start) / 1000;
const told: BacklogStart = {
  seconds,
  rssMb: process.memoryUsage().rss / 1e6,
  peakMb: (resourceUsage().maxRSS * 1024) / 1e6,
  messages: broker.management.queues()[0]?.messages ?? 0,
};
process.on("disconnect", () => void broker.close().then(() => process.exit()));
process.send?.(told);
