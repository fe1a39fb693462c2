import type { Clock } from "./clock.ts";

/** One thing that went wrong because of a client. Never holds a message's body, a password or a key. */
export interface BrokerLogRecord {
  readonly level: "warning" | "error";
  /** A condition of AMQP or a code of this package. */
  readonly code: string;
  /** A sentence. Names that clients chose are quoted and cut. */
  readonly message: string;
  /** The client's address and port; empty for one in this process. */
  readonly peer: string;
  /** Records of the same code from the same address that were left out since the one before. */
  readonly suppressed: number;
}

/** Takes the records of a broker; must not block. */
export type BrokerLog = (record: BrokerLogRecord) => void;

/** Codes and addresses that are remembered; beyond, the oldest are forgotten. */
const MAX_KEYS = 1000;
/** Records in a minute, whoever caused them. */
const MAX_PER_MINUTE = 60;
const MINUTE_MS = 60_000;
const MAX_MESSAGE_LENGTH = 500;

/**
 * Tells of what clients do wrong, and cannot be made to tell it without end: once a minute for each code and address, and at most
 * 60 records a minute in all.
 */
export class ClientLog {
  readonly #log: BrokerLog | undefined;
  readonly #clock: Clock;
  /** By code and address, oldest first. */
  readonly #told = new Map<string, { since: number; suppressed: number }>();
  #minute = { since: -Infinity, records: 0 };

  constructor(log: BrokerLog | undefined, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** @param level default `warning`: the client's affair */
  report(code: string, message: string, peer: string, level: BrokerLogRecord["level"] = "warning"): void {
    if (this.#log === undefined) return;
    const now = this.#clock.now();
    const key = `${code} ${addressOf(peer)}`;
    const before = this.#told.get(key);
    if ((before !== undefined && now - before.since < MINUTE_MS) || !this.#hasRoom(now)) {
      if (before !== undefined) before.suppressed++;
      return;
    }
    this.#told.delete(key);
    this.#told.set(key, { since: now, suppressed: 0 });
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= MAX_KEYS) break;
      this.#told.delete(oldest);
    }
    this.#write({ level, code, message: shortened(message), peer, suppressed: before?.suppressed ?? 0 });
  }

  #hasRoom(now: number): boolean {
    if (now - this.#minute.since >= MINUTE_MS) this.#minute = { since: now, records: 0 };
    return ++this.#minute.records <= MAX_PER_MINUTE;
  }

  /** A hook that fails must not end a connection that has nothing to do with it. */
  #write(record: BrokerLogRecord): void {
    try {
      this.#log?.(record);
    } catch (thrown) {
      process.emitWarning(`the hook log of a broker threw: ${String(thrown)}`, { code: "xqbus:callback-failed" });
    }
  }
}

/** Without the port, which is another one for each connection. */
function addressOf(peer: string): string {
  return peer.replace(/ \d+$/, "");
}

function shortened(text: string): string {
  return text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, MAX_MESSAGE_LENGTH - 1)}…`;
}
