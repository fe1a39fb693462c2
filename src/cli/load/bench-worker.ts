/** One process of `xqbus bench`: a broker, the publisher or the consumers. Does what the command asks for, and ends with it. */
import { startBroker } from "../../broker/index.ts";
import { messageOf, XqbusError } from "../../errors.ts";
import { BenchConsumers } from "./bench-consumers.ts";
import type { BenchAnswer, BenchRequest } from "./bench-messages.ts";
import { BenchPublisher } from "./bench-publisher.ts";

const PROGRESS_MS = 200;

let publisher: BenchPublisher | undefined;
let consumers: BenchConsumers | undefined;

async function answerTo(request: BenchRequest): Promise<BenchAnswer | undefined> {
  switch (request.kind) {
    case "broker":
      return { kind: "ready", url: (await startBroker({ users: { bench: crypto.randomUUID() } })).url() };
    case "publisher":
      publisher = await BenchPublisher.open(request, warn);
      return { kind: "ready" };
    case "consumers":
      consumers = await BenchConsumers.open(request, warn);
      return { kind: "ready" };
    case "load":
      if (publisher !== undefined) return { kind: "published", result: await publisher.run(request.load) };
      consumers?.prepare(request.load);
      return { kind: "ready" };
    case "finish":
      return consumers && { kind: "consumed", result: await consumers.finish(request.expected) };
    case "stop":
      publisher?.stop();
      return undefined;
  }
}

/** Not a word more often than once. */
const told = new Set<string>();

function warn({ code, message }: XqbusError): void {
  if (told.has(message) || told.size >= 10) return;
  told.add(message);
  tell({ kind: "warning", code, message });
}

function tell(answer: BenchAnswer): void {
  // The command may be gone by now, and this process with it.
  if (process.connected) process.send?.(answer);
}

function failure(error: unknown): BenchAnswer {
  if (error instanceof XqbusError) return { kind: "failed", code: error.code, message: error.message };
  return { kind: "failed", code: "xqbus:internal", message: messageOf(error) };
}

process.on("message", (request: BenchRequest) => {
  answerTo(request).then(
    (answer) => answer && tell(answer),
    (error: unknown) => tell(failure(error)),
  );
});
process.on("disconnect", () => process.exit());
// Ctrl-C reaches every process at the terminal; the command decides.
process.on("SIGINT", () => undefined);
setInterval(() => tell({ kind: "progress", done: publisher?.done ?? consumers?.done ?? 0 }), PROGRESS_MS).unref();
