import { XqbusError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";

/** How much a publisher may have taken on, and what happens with more. */
export interface RoomOptions {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly whenFull: "reject" | "wait";
  /** What it is full of, and what can be done about it, for the message. */
  readonly words: {
    readonly state: string;
    readonly maxEvents: string;
    readonly maxBytes: string;
    readonly advice: string;
  };
}

/** Of the room for events without an answer. */
export const PENDING_WORDS: RoomOptions["words"] = {
  state: "wait for the broker's answer",
  maxEvents: "maxPending",
  maxBytes: "maxPendingBytes",
  advice: 'await sendEvent before sending more, or set whenFull: "wait"',
};

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

/** The room for events that were taken on and have no outcome. Who waits for room gets it in the order of the calls. */
export class SendRoom {
  readonly #options: RoomOptions;
  readonly #waiting: Set<Waiting> = new Set();
  readonly #tellEmpty: (() => void)[] = [];
  #events: number;
  #bytes: number;

  /** @param taken what has room from the beginning */
  constructor(options: RoomOptions, taken: { readonly events: number; readonly bytes: number } = NOTHING) {
    this.#options = options;
    this.#events = taken.events;
    this.#bytes = taken.bytes;
  }

  /**
   * Takes room for one event, which {@link SendRoom.leave} gives back.
   *
   * @returns a promise when it has to wait for room
   * @throws XqbusError `xqbus:limit-exceeded` there is none, and nobody waits; the deadline's error
   */
  enter(bytes: number, deadline: Deadline): Promise<void> | undefined {
    if (this.#waiting.size === 0 && this.#hasRoom(bytes)) {
      this.#take(bytes);
      return undefined;
    }
    if (this.#options.whenFull === "reject") throw this.#full();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        bytes,
        enter: () => {
          forget();
          resolve();
        },
      };
      this.#waiting.add(waiting);
      const forget = deadline.onEnd((error) => {
        this.#waiting.delete(waiting);
        this.#admit();
        reject(error);
      });
    });
  }

  leave(bytes: number): void {
    this.#events--;
    this.#bytes -= bytes;
    if (this.#waiting.size > 0) this.#admit();
    if (this.#events > 0) return;
    for (const tell of this.#tellEmpty.splice(0)) tell();
  }

  /** Events that have room. */
  get size(): number {
    return this.#events;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when nothing has room or waits for it. */
  async empty(): Promise<void> {
    while (this.#events > 0) await new Promise<void>((resolve) => this.#tellEmpty.push(resolve));
  }

  #admit(): void {
    for (const waiting of this.#waiting) {
      if (!this.#hasRoom(waiting.bytes)) return;
      this.#waiting.delete(waiting);
      this.#take(waiting.bytes);
      waiting.enter();
    }
  }

  /** One that is larger than all the room has it when it is alone. */
  #hasRoom(bytes: number): boolean {
    const { maxEvents, maxBytes } = this.#options;
    return this.#events === 0 || (this.#events < maxEvents && this.#bytes + bytes <= maxBytes);
  }

  #take(bytes: number): void {
    this.#events++;
    this.#bytes += bytes;
  }

  #full(): XqbusError {
    const { maxEvents, maxBytes, words } = this.#options;
    const [what, option] =
      this.#events >= maxEvents
        ? [`${maxEvents} events`, words.maxEvents]
        : [`events of ${this.#bytes} bytes, of ${maxBytes} at most,`, words.maxBytes];
    return new XqbusError("xqbus:limit-exceeded", `${what} ${words.state} (option ${option}); ${words.advice}`);
  }
}

const NOTHING = { events: 0, bytes: 0 };
