import { unknownId } from "./object-id.ts";
import type { Runner } from "./runner.ts";

/** The runners of all listeners, in the order in which those were made. */
export class Runners {
  readonly byId: Map<string, Runner> = new Map();
  readonly #idsByNumber: Map<number, string> = new Map();

  get size(): number {
    return this.byId.size;
  }

  get all(): readonly Runner[] {
    return [...this.byId.values()];
  }

  find(id: string): Runner | undefined {
    return this.byId.get(id);
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  get(id: string): Runner {
    const runner = this.byId.get(id);
    if (runner === undefined) throw unknownId(id, "a listener");
    return runner;
  }

  /** The id of the listener that rows know by a number. */
  idOf(number: number): string | undefined {
    return this.#idsByNumber.get(number);
  }

  ofNumber(number: number): Runner | undefined {
    return this.byId.get(this.#idsByNumber.get(number) ?? "");
  }

  /** Adds one, or puts it in the place of the one before. */
  set(runner: Runner): void {
    const { id, number } = runner.stored;
    this.byId.set(id, runner);
    this.#idsByNumber.set(number, id);
  }

  delete({ stored: { id, number } }: Runner): void {
    this.byId.delete(id);
    this.#idsByNumber.delete(number);
  }
}
