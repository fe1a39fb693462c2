import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FaultTarget } from "./fault-client.ts";

/** What the process tells: a message was handled, or the one that it is told to stop at is being handled. */
export type ReceiverNews = { readonly handled: string } | { readonly handling: string } | "ready";

/** A receiver in a process of its own, which can be killed between a delivery and its outcome. */
export class ReceiverProcess {
  readonly #args: readonly string[];
  readonly #onHandled: (id: string) => void;
  #child: ChildProcess | undefined;

  constructor(client: string, target: FaultTarget, subscription: string, onHandled: (id: string) => void) {
    this.#args = [client, JSON.stringify(target), subscription];
    this.#onHandled = onHandled;
  }

  async start(): Promise<void> {
    const program = join(import.meta.dirname, "receiver-child.ts");
    const child = fork(program, this.#args, { execArgv: ["--import", "tsx"] });
    this.#child = child;
    child.on("message", (news: ReceiverNews) => {
      if (typeof news === "object" && "handled" in news) this.#onHandled(news.handled);
    });
    await this.#hears((news) => news === "ready");
  }

  /** Kills it when it has begun to handle a message and not ended; then starts another one. */
  async killWhileHandling(): Promise<void> {
    const child = this.#child!;
    const hangs = this.#hears((news) => typeof news === "object" && "handling" in news);
    child.send("hang");
    await hangs;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
    await this.start();
  }

  /** Ends it; the broker keeps the subscription. */
  async stop(): Promise<void> {
    const child = this.#child!;
    const exit = once(child, "exit");
    child.send("close");
    await exit;
  }

  #hears(isIt: (news: ReceiverNews) => boolean): Promise<void> {
    const child = this.#child!;
    return new Promise((resolve, reject) => {
      child.on("message", (news: ReceiverNews) => isIt(news) && resolve());
      child.once("exit", (code) => reject(new Error(`the receiver ended with ${code ?? "a signal"}`)));
    });
  }
}
