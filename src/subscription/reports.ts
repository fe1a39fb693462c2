import type { Clock } from "../clock.ts";
import { XqbusError, type XqbusErrorCode } from "../errors.ts";
import type { Delivery } from "./delivery.ts";
import { boundedLine, summarizeError } from "./error-summary.ts";
import type { AttemptRecord, CheckedHandlingOptions, HandlingOptions } from "./handling-options.ts";

const MAX_ID = 200;

/** Tells the user of a subscription what no caller is told. What the user's functions throw does not reach the subscription. */
export class Reports<D extends Delivery> {
  readonly #name: string;
  readonly #onError: NonNullable<HandlingOptions<D>["onError"]>;
  readonly #onAttempt: HandlingOptions<D>["onAttempt"];
  readonly #clock: Clock;

  constructor(options: Pick<CheckedHandlingOptions<D>, "name" | "onError" | "onAttempt" | "clock">) {
    this.#clock = options.clock;
    this.#name = options.name;
    this.#onError = options.onError;
    this.#onAttempt = options.onAttempt;
  }

  /** An attempt has just ended. */
  attempt(record: Omit<AttemptRecord<D>, "endedAt">): void {
    if (this.#onAttempt === undefined) return;
    try {
      this.#onAttempt({ ...record, endedAt: this.#clock.now() });
    } catch (error) {
      this.error("xqbus:callback-failed", "onAttempt threw", error, record.delivery);
    }
  }

  error(code: XqbusErrorCode, message: string, cause: unknown, delivery?: D): void {
    const id = delivery?.id === undefined ? "without id" : boundedLine(delivery.id, MAX_ID);
    const which = delivery === undefined ? "" : `, event ${id}`;
    const reason = summarizeError(cause).message;
    try {
      const text = `subscription ${this.#name}${which}: ${message}: ${reason}`;
      this.#onError(new XqbusError(code, text, { cause }), delivery);
    } catch (thrown) {
      process.emitWarning(`onError threw: ${summarizeError(thrown).message}`, { code: "xqbus:callback-failed" });
    }
  }
}
