import type { HistogramCounts } from "./histogram.ts";

/** How the processes of a benchmark reach the bus. */
export interface BenchConnection {
  readonly url: string;
  readonly timeoutMs: number;
  /** PEM text of the authority that signed the broker's certificate. */
  readonly ca?: string;
}

/** One load: event _i_ is due at `start` + _i_ / `perSecond`, and its message id is `id` with _i_ behind it. */
export interface BenchLoad {
  readonly id: string;
  /** In microseconds of the clock that the processes of a machine share. */
  readonly start: number;
  readonly perSecond: number;
  readonly count: number;
}

/** What is sent in turn. */
export interface BenchEvent {
  readonly xml: string;
  /** Whether the consumers are to get it. */
  readonly matches: boolean;
}

/** What the command asks one of its processes to do; each is answered once, but `stop`. */
export type BenchRequest =
  | { readonly kind: "broker" }
  | {
      readonly kind: "publisher";
      readonly connection: BenchConnection;
      readonly events: readonly BenchEvent[];
      readonly schemas: readonly string[] | undefined;
    }
  | {
      readonly kind: "consumers";
      readonly connection: BenchConnection;
      readonly consumers: number;
      readonly filter: string | undefined;
    }
  /** A publisher sends it and answers when it has the outcomes; consumers answer when they are prepared for it. */
  | { readonly kind: "load"; readonly load: BenchLoad }
  /** Consumers answer when they have so many events in all, or nothing comes any more. */
  | { readonly kind: "finish"; readonly expected: number }
  /** A publisher begins no more. */
  | { readonly kind: "stop" };

export interface Published {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  /** Accepted events that a consumer is to get. */
  readonly matching: number;
  /** From the moment an event was due. */
  readonly begun: HistogramCounts;
  readonly answered: HistogramCounts;
  /** Between the first event and the last outcome. */
  readonly seconds: number;
}

export interface Consumed {
  /** Different events, each consumer for itself. */
  readonly received: number;
  readonly duplicates: number;
  /** From the moment an event was due. */
  readonly delays: HistogramCounts;
}

export type BenchAnswer =
  | { readonly kind: "ready"; readonly url?: string }
  | { readonly kind: "published"; readonly result: Published }
  | { readonly kind: "consumed"; readonly result: Consumed }
  /** Not an answer: how far it is. */
  | { readonly kind: "progress"; readonly done: number }
  /** Not an answer: something that the person should know. */
  | { readonly kind: "warning"; readonly code: string; readonly message: string }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };
