/** What a process of the benchmark is. */
export type Role = "broker" | `${ClientName}-${"sender" | "receiver"}`;

/** The clients that are compared. */
export type ClientName = "rhea" | "xqbus";

/** What the parent asks a process to do. */
export type Request =
  /** A client connects to the URL; a broker starts and answers with its URL. */
  | { readonly kind: "open"; readonly url: string }
  /** A sender sends and a receiver receives so many events; a broker just answers. */
  | { readonly kind: "exchange"; readonly count: number }
  | { readonly kind: "close" };

/** That it is done. */
export interface Answer {
  readonly url?: string;
  /** User CPU time of the process since it started, in microseconds. */
  readonly userTotal: number;
  /** User CPU time between request and answer, in microseconds. */
  readonly userSpent: number;
}
