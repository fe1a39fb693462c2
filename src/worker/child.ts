/** The entry of a worker process; {@link WorkerProcess} starts it. */
import { deserialize } from "node:v8";
import { Worker } from "node:worker_threads";
import { invariant } from "../errors.ts";
import { ChildCalls } from "./child-calls.ts";
import { killGroup } from "./kill-group.ts";
import type { FromChild, ToChild } from "./messages.ts";
import { sentError } from "./sent-error.ts";

const channel = process.send?.bind(process);
invariant(channel !== undefined, "this file is started as a worker process only");
const send = (message: FromChild): void => void channel(message, undefined, undefined, () => undefined);
// The channel is not the code's.
delete process.send;

process.on("disconnect", () => killGroup(process.pid));
new Worker(new URL("./parent-watch.js", import.meta.url), {
  workerData: process.ppid,
  execArgv: [],
  resourceLimits: { maxOldGenerationSizeMb: 16 },
}).unref();

let calls: ChildCalls | undefined;
/** Once is enough for the process to be replaced. */
let hasTold = false;

function crash(error: unknown): void {
  // The call that runs now has nothing to do with it; the process ends after it.
  if (calls?.isLeftBehind === true) {
    if (!hasTold) send({ kind: "left-behind", error: sentError(error) });
    hasTold = true;
    return;
  }
  channel?.({ kind: "crashed", error: sentError(error) } satisfies FromChild, undefined, undefined, () =>
    process.exit(1),
  );
}
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

process.on("message", (message: ToChild) => {
  if (message.kind === "init") {
    calls = new ChildCalls({ ...message, data: deserialize(message.data) as unknown }, send);
    send({ kind: "ready" });
    return;
  }
  calls?.take(message);
});
