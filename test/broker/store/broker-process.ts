import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const entry = join(import.meta.dirname, "../../../dist/broker/index.js");

/** The compiled broker in a process of its own, with durable messages in a folder. */
export class BrokerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** @param prefix a command that runs it, such as a tracer */
  static async start(folder: string, options: object = {}, prefix: readonly string[] = []): Promise<BrokerProcess> {
    const broker = JSON.stringify({ users: { admin: "secret" }, store: { folder }, ...options });
    const script = `
      import { startBroker } from ${JSON.stringify(entry)};
      const broker = await startBroker(${broker});
      const redrive = async (count) => {
        let redriven = 0;
        for await (const letter of broker.management.deadLetters()) {
          void letter.redrive().then(() => ++redriven === count && process.kill(process.pid, "SIGKILL"));
        }
      };
      process.on("message", ({ count }) => count ? redrive(count) : broker.close().then(() => process.exit()));
      process.on("disconnect", () => process.exit());
      process.send({ url: broker.url() });`;
    const [command = "", ...args] = [...prefix, process.execPath, "--input-type=module", "-e", script];
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let errors = "";
    child.stderr?.on("data", (data: Buffer) => (errors += data.toString()));
    const [message] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [unknown];
    if (typeof message !== "object" || message === null) throw new Error(`the broker did not start: ${errors}`);
    return new BrokerProcess(child, (message as { readonly url: string }).url);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  /** As `kill -9` does: nothing is written, nothing is closed. */
  async kill(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.signal("SIGKILL");
    await ended;
  }

  /** Redrives all dead letters, and is killed when so many of them are on disk in their new place. */
  async redriveUntilKilled(count: number): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.send({ count });
    await ended;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.send({});
    await ended;
  }
}
