import { encodeOutcome } from "./delivery-state.ts";
import { writeDisposition } from "./frame-writer.ts";
import type { Outcome } from "./nodes.ts";
import type { Output } from "./output.ts";
import { advance } from "./serial-number.ts";

const ACCEPTED_STATE: Buffer = encodeOutcome({ kind: "accepted" });

/** Outcomes that a session tells its peer: runs of accepted deliveries as one frame. */
export class DispositionBatch {
  readonly #output: Output;
  readonly #channel: number;
  readonly #asReceiver: boolean;
  #first = 0;
  #last = 0;
  #pending = false;

  /** @param asReceiver whether the deliveries came from the peer */
  constructor(output: Output, channel: number, asReceiver: boolean) {
    this.#output = output;
    this.#channel = channel;
    this.#asReceiver = asReceiver;
  }

  get isEmpty(): boolean {
    return !this.#pending;
  }

  /** Settles a delivery; an outcome that is not `accepted` is written at once. */
  settle(id: number, outcome: Outcome): void {
    if (outcome.kind !== "accepted") {
      this.flush();
      writeDisposition(this.#output, this.#channel, this.#asReceiver, id, id, encodeOutcome(outcome));
      return;
    }
    if (this.#pending && id === advance(this.#last)) {
      this.#last = id;
      return;
    }
    this.flush();
    this.#pending = true;
    this.#first = this.#last = id;
  }

  /** Writes what has been collected. */
  flush(): void {
    if (!this.#pending) return;
    this.#pending = false;
    writeDisposition(this.#output, this.#channel, this.#asReceiver, this.#first, this.#last, ACCEPTED_STATE);
  }
}
