import type { NotifierTypes } from "./check-input.ts";
import type { ListenerLogRecord } from "./listener-log.ts";
import type { ListenerDefinition, ListenerStatus, StoredListener } from "./listener-definition.ts";
import type { KeptCounts, Listener } from "./listener.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";
import type { Matcher } from "./matcher.ts";
import type { NotifierContext, NotifierType } from "./notifier.ts";
import { Runner } from "./runner.ts";
import { Runners } from "./runners.ts";
import { showListener } from "./show-listener.ts";
import { StoredCounts } from "./stored-counts.ts";
import type { ListenerStore } from "./store/index.ts";
import * as tables from "./store/tables.ts";
import { changedListeners } from "./team/changed-listeners.ts";
import { unknownNotifier } from "./unknown-notifier.ts";

/** What the listeners that run are made of. */
export interface ListenerTableOptions {
  readonly options: CheckedListenersOptions;
  readonly store: ListenerStore;
  readonly matcher: Matcher;
  readonly types: NotifierTypes;
  readonly context: () => NotifierContext;
  /** Whether this process delivers for a listener. */
  readonly isHolder: (id: string) => boolean;
  /** A listener has changed its state by itself. */
  readonly onStatus: (id: string, status: ListenerStatus) => void;
  readonly onLog: (record: ListenerLogRecord) => void;
}

/** How long what runs may go on when a listener is changed, in ms. */
export const CHANGE_STOP_MS = 5000;

/** The listeners that run: what is stored, put in force. */
export class ListenerTable {
  readonly runners: Runners = new Runners();
  readonly counts: StoredCounts;
  readonly #given: ListenerTableOptions;

  constructor(given: ListenerTableOptions) {
    this.#given = given;
    const { store, options, onLog } = given;
    const here = (): ReadonlyMap<number, KeptCounts> =>
      new Map(this.runners.all.map((runner) => [runner.stored.number, this.countsHere(runner)]));
    this.counts = new StoredCounts({ store, here, everyMs: options.writeCountsMs, onLog });
  }

  /** Reads what is stored. @returns numbers of those that are deleted, and whose rows are still to go */
  async load(): Promise<readonly number[]> {
    const { stored, deleted } = await this.#given.store.listeners();
    const waiting = await this.#waiting();
    await this.counts.read();
    for (const each of stored) this.add(each, waiting.get(each.number) ?? 0);
    return deleted;
  }

  /** Puts a listener in force, in the place of the one before if it was changed. */
  add(stored: StoredListener, waiting: number, before?: Runner): Runner {
    const { options, store, matcher, context, isHolder, onStatus, onLog } = this.#given;
    const { id, definition } = stored;
    const runner = new Runner(
      {
        ...{ stored, waiting, type: this.type(definition), context: context(), store, options, onLog },
        isHolder: isHolder(id),
        onStatus: (status) => onStatus(id, status),
      },
      before?.counts,
    );
    this.runners.set(runner);
    matcher.set(id, definition);
    return runner;
  }

  /** Takes one out of force; its rows are somebody else's matter. */
  async remove(runner: Runner): Promise<void> {
    this.#given.matcher.remove(runner.stored.id);
    this.runners.delete(runner);
    await runner.stop(CHANGE_STOP_MS);
  }

  /** Takes over what other processes have changed. */
  async reload(): Promise<void> {
    const { stored } = await this.#given.store.listeners();
    const { changed, otherState, gone } = changedListeners(this.runners.byId, stored);
    // Each may take the time that its attempts have, and all processes wait for this one.
    await Promise.all([
      ...changed.map((each) => this.#replace(each)),
      ...otherState.map((each) => this.#setState(each)),
      ...gone.map((id) => this.remove(this.runners.get(id))),
    ]);
  }

  /** Opens notifiers with what is known now. */
  async openAgain(runners: readonly Runner[]): Promise<void> {
    await Promise.all(runners.map(({ stored }) => this.#replace(stored)));
  }

  /** Another process has stored deliveries of these listeners, by number; undefined: of any. */
  wake(numbers: readonly number[] | undefined): void {
    if (numbers === undefined) for (const runner of this.runners.all) runner.wake();
    else for (const number of numbers) this.runners.ofNumber(number)?.wake();
  }

  /** Counts what waits, and looks what was counted, which all processes change. */
  async recount(): Promise<void> {
    const waiting = await this.#waiting();
    for (const runner of this.runners.all) runner.recount(waiting.get(runner.stored.number) ?? 0);
    await this.counts.read();
  }

  /** What this process has counted since it started. */
  countsHere({ counts, stored }: Runner): KeptCounts {
    return { ...counts, filterErrors: this.#given.matcher.errorsOf(stored.id) };
  }

  type({ notifier }: ListenerDefinition): NotifierType {
    return this.#given.types.get(notifier) ?? unknownNotifier(notifier);
  }

  show(runner: Runner): Listener {
    const { definition, number } = runner.stored;
    const counts = this.counts.totalOf(number, this.countsHere(runner));
    return showListener(runner, this.type(definition), this.#given.matcher, counts);
  }

  async #replace(stored: StoredListener): Promise<void> {
    const before = this.runners.find(stored.id);
    await before?.stop(CHANGE_STOP_MS);
    await this.add(stored, before?.waiting ?? 0, before).start();
  }

  async #setState({ id, status }: StoredListener): Promise<void> {
    const runner = this.runners.get(id);
    const { state } = status;
    if (state === "paused" || state === "disabled") runner.pause(status);
    else if (state === "active") runner.resume();
    // The one who delivers knows by itself that it is broken.
    else if (!this.#given.isHolder(id)) await this.#replace({ ...runner.stored, status });
  }

  async #waiting(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.#given.store.read(tables.WAITING_COUNTS);
    return new Map(rows.map((row) => [Number(row["listener"]), Number(row["waiting"])]));
  }
}
