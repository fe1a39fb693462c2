import { LeanClient } from "./lean-client.ts";
import type { LeanTerminus } from "./lean-termini.ts";
import { messageOf, stampTime, timeOf } from "./messages.ts";
import type { Payload } from "./messages.ts";
import { RheaLoad } from "./rhea-load.ts";

/** What the parent asks: connect receivers and a sender, send as fast as it goes, or send at a rate. */
export type LoadRequest =
  | {
      readonly kind: "open";
      readonly url: string;
      readonly client: "lean" | "rhea";
      readonly payload: Payload;
      readonly target: LeanTerminus;
      readonly sources: readonly LeanTerminus[];
      /** So many of the sources, the first ones, get every message; the others get none. */
      readonly matching: number;
    }
  | { readonly kind: "exchange"; readonly count: number }
  | { readonly kind: "paced"; readonly count: number; readonly perSecond: number };

export interface LoadAnswer {
  readonly error?: string;
  /** Ms from the time at which a message was due until its first receiver had it; of `paced`. */
  readonly delays?: readonly number[];
}

/** What sends and receives; everything that was sent has been received when a call resolves. */
export interface Load {
  exchange(message: Buffer, count: number): Promise<void>;
  close(): void;
}

class LeanLoad implements Load {
  readonly delays: number[] = [];
  #sender: LeanClient | undefined;
  #receivers: readonly LeanClient[] = [];

  static async open({ url, target, sources, matching }: LoadRequest & { kind: "open" }): Promise<LeanLoad> {
    const load = new LeanLoad();
    const receivers: LeanClient[] = [];
    for (const [i, terminus] of sources.entries()) {
      const onMessage = i === 0 ? (frame: Buffer): void => load.#note(frame) : undefined;
      const options = { url, containerId: `receiver ${i}`, role: "receiver", terminus } as const;
      receivers.push(await LeanClient.open({ ...options, ...(onMessage && { onMessage }) }));
    }
    load.#receivers = receivers.slice(0, matching);
    load.#sender = await LeanClient.open({ url, containerId: "sender", role: "sender", terminus: target });
    return load;
  }

  async exchange(message: Buffer, count: number): Promise<void> {
    const received = this.#receivers.map((receiver) => receiver.receive(count));
    await Promise.all([this.#sender?.send(message, count), ...received]);
  }

  /** Sends each message when it is due, whatever became of those before it. */
  async paced(message: Buffer, count: number, perSecond: number): Promise<readonly number[]> {
    this.delays.length = 0;
    this.#isPaced = true;
    const accepted = this.#sender?.receive(count);
    const received = this.#receivers.map((receiver) => receiver.receive(count));
    const start = performance.now() + 10;
    for (let i = 0; i < count;) {
      const due = start + (i * 1000) / perSecond;
      if (performance.now() < due) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      this.#sender?.post(stampTime(message, due));
      i++;
    }
    await Promise.all([accepted, ...received]);
    this.#isPaced = false;
    return this.delays;
  }

  close(): void {
    for (const client of [this.#sender, ...this.#receivers]) client?.close();
  }

  #isPaced = false;

  #note(frame: Buffer): void {
    if (this.#isPaced) this.delays.push(performance.now() - timeOf(frame));
  }
}

let load: LeanLoad | RheaLoad | undefined;
let message: Buffer = messageOf("text");

async function perform(request: LoadRequest): Promise<LoadAnswer> {
  if (request.kind === "open") {
    load = request.client === "lean" ? await LeanLoad.open(request) : await RheaLoad.open(request);
    message = messageOf(request.payload);
  } else if (request.kind === "exchange") await load?.exchange(message, request.count);
  else if (load instanceof LeanLoad) return { delays: await load.paced(message, request.count, request.perSecond) };
  return {};
}

process.on("message", (request: LoadRequest) => {
  perform(request).then(
    (answer) => process.send?.(answer),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// The parent is gone.
process.on("disconnect", () => process.exit());
