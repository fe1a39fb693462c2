import type { TargetLink } from "../../protocol/nodes.ts";
import type { QueueOptions } from "./queue-options.ts";

/** Shares of the limits at which publishers get no more credit, and get it again. */
const PAUSE_AT = 0.75;
const RESUME_AT = 0.5;

/** Withholds credit from the publishers of a queue before it has to refuse their messages. */
export class BackPressure {
  readonly #options: QueueOptions;
  readonly #links = new Set<TargetLink>();
  #paused = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  add(link: TargetLink): void {
    this.#links.add(link);
    // The link is attached only after the node has answered.
    if (this.#paused) queueMicrotask(() => this.#links.has(link) && link.pause(this.#paused));
  }

  remove(link: TargetLink): void {
    this.#links.delete(link);
  }

  /** Takes note of what is in the queue. */
  update(messages: number, bytes: number): void {
    const { maxMessages, maxBytes, whenFull } = this.#options;
    if (whenFull !== "reject") return;
    const share = Math.max(messages / maxMessages, bytes / maxBytes);
    const paused = share >= (this.#paused ? RESUME_AT : PAUSE_AT);
    if (paused === this.#paused) return;
    this.#paused = paused;
    for (const link of this.#links) link.pause(paused);
  }
}
