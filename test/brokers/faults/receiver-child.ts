/** A receiver: tells what it has handled. Told to hang, it handles the next message for ever, as one that waits for a database. */
import { setTimeout as sleep } from "node:timers/promises";
import { FAULT_CLIENTS } from "./clients.ts";
import type { FaultTarget } from "./fault-client.ts";
import type { ReceiverNews } from "./receiver-process.ts";

const [name = "", target = "", subscription = ""] = process.argv.slice(2);
/** What automatic outcomes need to be on their way. */
const OUTCOME_MS = 50;
let hangs = false;

function tell(news: ReceiverNews): void {
  process.send?.(news);
}

async function handle(id: string): Promise<void> {
  if (hangs) {
    await sleep(OUTCOME_MS);
    tell({ handling: id });
    await new Promise(() => undefined);
  }
  await sleep(1);
  tell({ handled: id });
}

const client = FAULT_CLIENTS[name as keyof typeof FAULT_CLIENTS];
const receiver = await client.openReceiver(JSON.parse(target) as FaultTarget, subscription, handle);
process.on("message", (request: "hang" | "close") => {
  if (request === "hang") hangs = true;
  else void receiver.close().finally(() => process.exit());
});
process.on("disconnect", () => process.exit());
tell("ready");
