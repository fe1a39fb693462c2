import type { Clock } from "../clock.ts";
import { XqbusError } from "../errors.ts";
import type { Overdue } from "./overdue.ts";

/** What a handler is told beside the delivery. */
export interface HandlerContext {
  /** Aborted when the attempt's time is over, or the subscription stops and cannot wait any longer. End soon then, by throwing. */
  readonly signal: AbortSignal;
  /** Number of the attempt to handle this event; 1 is the first. */
  readonly attempt: number;
  /** When the first attempt began, ms since 1970. */
  readonly firstAt: number;
}

/**
 * How an attempt ended: the handler's promise resolved or rejected, its time was over (whatever the handler did afterwards), or the
 * subscription stopped.
 */
export type AttemptResult =
  { readonly kind: "handled" } | { readonly kind: "failed" | "timed-out" | "stopped"; readonly error: unknown };

/** What attempts of one subscription share. */
export interface AttemptLimits {
  readonly clock: Clock;
  readonly handlerTimeoutMs: number;
  readonly abortGraceMs: number;
  readonly overdue: Overdue;
}

const NOTHING = (): void => undefined;
const HANDLED: AttemptResult = Object.freeze({ kind: "handled" });

/** One call of a handler, which is over in time even if the handler is not. */
export class Attempt implements HandlerContext {
  readonly attempt: number;
  readonly firstAt: number;
  readonly #limits: AttemptLimits;
  readonly #onResult: (result: AttemptResult) => void;
  #controller: AbortController | undefined;
  /** Why it was told to end. */
  #ended: Extract<AttemptResult, { readonly error: unknown }> | undefined;
  #isUnattended = false;
  #hasHandlerEnded = false;
  /** Takes back the alarm, or the wish to go on unattended, that is pending. */
  #cancel: () => void;

  /**
   * Calls the handler, not before the caller is done.
   *
   * @param onResult is called once
   */
  constructor(
    run: (context: HandlerContext) => void | Promise<void>,
    facts: { readonly attempt: number; readonly firstAt: number },
    limits: AttemptLimits,
    onResult: (result: AttemptResult) => void,
  ) {
    this.attempt = facts.attempt;
    this.firstAt = facts.firstAt;
    this.#limits = limits;
    this.#onResult = onResult;
    const { clock, handlerTimeoutMs } = limits;
    this.#cancel =
      handlerTimeoutMs === Infinity
        ? NOTHING
        : clock.at(clock.now() + handlerTimeoutMs, () => this.#timeOut(handlerTimeoutMs));
    void this.#run(run);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#ended !== undefined) this.#controller.abort(this.#ended.error);
    return this.#controller.signal;
  }

  /** Tells the handler that the subscription stops; it has the grace to end. */
  stop(): void {
    const error = new XqbusError("xqbus:aborted", "the subscription stops and cannot wait for the handler any longer");
    this.#end({ kind: "stopped", error });
  }

  /** Ends the attempt although the handler goes on. */
  abandon(): void {
    if (this.#hasHandlerEnded || this.#isUnattended) return;
    this.stop();
    this.#cancel();
    this.#limits.overdue.enter();
    this.#leave();
  }

  async #run(run: (context: HandlerContext) => void | Promise<void>): Promise<void> {
    await Promise.resolve();
    let result: AttemptResult = HANDLED;
    try {
      await run(this);
    } catch (error) {
      result = { kind: "failed", error };
    }
    this.#handlerEnded(result);
  }

  #timeOut(timeoutMs: number): void {
    const error = new XqbusError(
      "xqbus:timeout",
      `the handler did not end within ${timeoutMs} ms (option handlerTimeoutMs)`,
    );
    this.#end({ kind: "timed-out", error });
  }

  #end(ended: Extract<AttemptResult, { readonly error: unknown }>): void {
    if (this.#ended !== undefined) return;
    this.#ended = ended;
    this.#cancel();
    const { clock, abortGraceMs, overdue } = this.#limits;
    this.#cancel = clock.at(clock.now() + abortGraceMs, () => {
      this.#cancel = overdue.admit(() => this.#leave());
    });
    this.#controller?.abort(ended.error);
  }

  #leave(): void {
    this.#isUnattended = true;
    if (this.#ended !== undefined) this.#onResult(this.#ended);
  }

  #handlerEnded(result: AttemptResult): void {
    this.#hasHandlerEnded = true;
    this.#cancel();
    if (this.#isUnattended) this.#limits.overdue.leave();
    else this.#onResult(this.#ended ?? result);
  }
}
