/** What a matcher is asked. */
export type MatcherRequest =
  | {
      readonly kind: "open";
      readonly url: string;
      readonly database: string;
      readonly subscription: string;
    }
  | { readonly kind: "counts" };

/** What it answers. */
export interface MatcherAnswer {
  /** User CPU time of the process so far, in microseconds. */
  readonly user: number;
  /** Events that are on all of their queues. */
  readonly forwarded: number;
  readonly routes: number;
}

/** An end of a link, as rhea takes it. */
export interface Terminus {
  readonly address: string;
  readonly capabilities?: readonly string[];
}

/** What the load process is asked. */
export type LoadRequest =
  /** To send to a topic, and to receive from each of these. */
  | {
      readonly kind: "open";
      readonly url: string;
      readonly topic: Terminus;
      readonly sources: readonly (Terminus & { readonly selector?: string })[];
    }
  /** To send events `from` to `from + count`, whose numbers are below `values`, and to wait until there are as many copies. */
  | {
      readonly kind: "exchange";
      readonly from: number;
      readonly count: number;
      readonly values: number;
      readonly copies: number;
    };

/** What it answers when it is done. */
export interface LoadAnswer {
  readonly kind: "done";
}
