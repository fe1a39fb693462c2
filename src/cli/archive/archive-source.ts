import type { ArchiveEntry, ArchivePlan, ArchiveStats, CheckedType, EntryForm, Replayed } from "../../archive/index.ts";
import type { ArchiveBacktest, ArchiveChoice, ReplayRequest } from "../../server/api-client/index.ts";

/** An archive as the commands use it: its database, or a daemon's. */
export interface ArchiveSource {
  /** Events in the order of their arrival. */
  query(choice: ArchiveChoice, form: EntryForm): AsyncIterable<ArchiveEntry>;
  /** @param id a message id, or a number: `#12` */
  get(id: string, form: EntryForm): Promise<readonly ArchiveEntry[]>;
  /** How many events are meant. */
  count(choice: ArchiveChoice): Promise<number>;
  stats(): Promise<ArchiveStats>;
  plan(choice: ArchiveChoice): Promise<ArchivePlan>;
  /** @param against folder with other XSD files */
  check(choice: Omit<ArchiveChoice, "xquery">, against: string | undefined): Promise<readonly CheckedType[]>;
  backtest(choice: ArchiveChoice & { readonly xquery: string }, form: EntryForm): Promise<ArchiveBacktest>;
  /** @param url of the bus; undefined: the one that is known */
  replay(choice: ArchiveChoice, request: ReplayRequest, url: string | undefined): Promise<Replayed>;
}
