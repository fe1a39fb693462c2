import type { QueryOptions } from "../../archive/index.ts";
import type { Problem } from "./problem.ts";

/** How work on the archive tells what it does. */
export type Telling = Required<Pick<QueryOptions, "onProgress" | "onFilterError">>;

/** An empty line is told where nothing else was for so long: who waits knows that the work goes on. */
const SILENCE_MS = 5000;

/** Lines of JSON that are told while something goes on. */
class Told {
  readonly #lines: string[] = [];
  #wake: () => void = () => undefined;
  #isWarned = false;

  /** One line: an object with one property, which says what it is. */
  tell(what: "event" | "progress" | "warning" | "result" | "problem", value: unknown): void {
    this.#lines.push(`${JSON.stringify({ [what]: value })}\n`);
    this.#wake();
  }

  get telling(): Telling {
    return {
      onProgress: (progress) => this.tell("progress", progress),
      onFilterError: ({ number }, { message }) => {
        // One event after the other with the same mistake says nothing new.
        if (!this.#isWarned) this.tell("warning", { number, message });
        this.#isWarned = true;
      },
    };
  }

  take(): readonly string[] {
    return this.#lines.splice(0);
  }

  /** What is told until something is done, which is given then. */
  async *until<T>(pending: Promise<T>): AsyncGenerator<string, T> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
      this.#wake();
    };
    pending.then(end, end);
    const beat = setInterval(() => {
      if (this.#lines.length === 0) this.#lines.push("\n");
      this.#wake();
    }, SILENCE_MS);
    try {
      while (!isOver) {
        if (this.#lines.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
        yield* this.take();
      }
      return await pending;
    } finally {
      clearInterval(beat);
    }
  }
}

/**
 * The lines of work that takes long, as they come: `{"progress":…}`, `{"warning":…}` for the first event that the filter fails on, and
 * `{"result":…}` last, or `{"problem":…}`.
 */
export async function* toldResult(
  work: (telling: Telling) => Promise<unknown>,
  problemOf: (error: unknown) => Problem,
): AsyncIterable<string> {
  const told = new Told();
  try {
    told.tell("result", yield* told.until(work(told.telling)));
  } catch (error) {
    told.tell("problem", problemOf(error));
  }
  yield* told.take();
}

/** The same for a list: a line `{"event":…}` for each, at the pace of the reader; the result is `{}`. */
export async function* toldEvents(
  events: (telling: Telling) => AsyncIterableIterator<object>,
  problemOf: (error: unknown) => Problem,
): AsyncIterable<string> {
  const told = new Told();
  const iterator = events(told.telling);
  try {
    for (;;) {
      const next = yield* told.until(iterator.next());
      if (next.done === true) break;
      told.tell("event", next.value);
      yield* told.take();
    }
    told.tell("result", {});
  } catch (error) {
    told.tell("problem", problemOf(error));
  } finally {
    await iterator.return?.();
  }
  yield* told.take();
}
