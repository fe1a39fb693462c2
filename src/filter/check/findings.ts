import type { FilterProblemCode } from "./filter-problem.ts";

/** What is wrong at a place, before anybody knows whether the filter can match without it. */
export interface Finding {
  readonly code: FilterProblemCode;
  readonly message: string;
  /** Offset in the query. */
  readonly at: number;
  readonly suggestion?: string | undefined;
}

/** More are not listed: who repairs these finds the others. */
const MAX_FINDINGS = 50;

/**
 * What is found while a query is gone through. A part may be gone through several times, as the body of a function is for each
 * call: it is wrong only when it was possible never.
 */
export class Findings {
  /** By the part of the syntax tree; undefined for those that were possible once. */
  readonly #judged = new Map<object, (() => Finding) | undefined>();
  #contradiction: (() => Finding) | undefined;

  /** @param explain is called only when the part turns out to be possible never */
  judge(part: object, isPossible: boolean, explain: () => Finding): void {
    if (isPossible) this.#judged.set(part, undefined);
    else if (!this.#judged.has(part)) this.#judged.set(part, explain);
  }

  /** Notes a place after which nothing is left although each part is possible; the first one counts. */
  contradict(explain: () => Finding): void {
    this.#contradiction ??= explain;
  }

  /** All parts that are impossible, in the order of the text. */
  impossible(): readonly Finding[] {
    const explain = [...this.#judged.values()].filter((each) => each !== undefined);
    return explain
      .slice(0, MAX_FINDINGS)
      .map((each) => each())
      .sort((a, b) => a.at - b.at);
  }

  /** Why nothing is left, where no single part is the reason. */
  contradiction(): Finding | undefined {
    return this.#contradiction?.();
  }
}
