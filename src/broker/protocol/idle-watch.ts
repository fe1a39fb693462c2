/** Heartbeats are looked after that often within the peer's idle time-out, so that none comes too late. */
const CHECKS_PER_TIMEOUT = 3;

/** What an idle watch does and when. */
export interface IdleWatchOptions {
  /** The peer is silent for at least that long before {@link IdleWatchOptions.onSilence}; in ms. */
  readonly silenceMs: number;
  readonly onSilence: () => void;
}

/** Watches that something comes from a peer, and that something goes to it (AMQP 1.0, part 2.4.5). */
export class IdleWatch {
  readonly #options: IdleWatchOptions;
  #lastReceived = performance.now();
  #silenceTimer: NodeJS.Timeout;
  #heartbeatTimer: NodeJS.Timeout | undefined;

  constructor(options: IdleWatchOptions) {
    this.#options = options;
    this.#silenceTimer = setTimeout(() => this.#checkSilence(), options.silenceMs);
  }

  /** Something came. */
  received(): void {
    this.#lastReceived = performance.now();
  }

  /**
   * Begins with heartbeats.
   *
   * @param timeoutMs the peer's idle time-out
   * @param hasSent whether something was sent since it was last asked
   */
  startHeartbeats(timeoutMs: number, hasSent: () => boolean, send: () => void): void {
    this.#heartbeatTimer = setInterval(() => {
      if (!hasSent()) send();
    }, timeoutMs / CHECKS_PER_TIMEOUT);
  }

  stop(): void {
    clearTimeout(this.#silenceTimer);
    clearInterval(this.#heartbeatTimer);
  }

  #checkSilence(): void {
    const left = this.#lastReceived + this.#options.silenceMs - performance.now();
    if (left > 0) this.#silenceTimer = setTimeout(() => this.#checkSilence(), left + 1);
    else this.#options.onSilence();
  }
}
