import type { WantedMessages } from "./wanted-messages.ts";

/** What went wrong with XQuery filters: how often, and how the first time. */
export interface FilterFailures {
  readonly count: number;
  readonly first: string | undefined;
}

/** The filters of the consumers of one queue, and what went wrong with those that have gone. */
export class ConsumerFilters {
  readonly #filters = new Set<WantedMessages>();
  #gone: FilterFailures = { count: 0, first: undefined };

  add(filters: WantedMessages): void {
    this.#filters.add(filters);
  }

  remove(filters: WantedMessages): void {
    if (this.#filters.delete(filters)) this.#gone = sum(this.#gone, filters);
  }

  get failures(): FilterFailures {
    return [...this.#filters].reduce(sum, this.#gone);
  }
}

function sum({ count, first }: FilterFailures, { errors }: WantedMessages): FilterFailures {
  return { count: count + (errors?.count ?? 0), first: first ?? errors?.first.message };
}
