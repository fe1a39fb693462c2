import type { OptionNames } from "./pool-options.ts";

/** A line that code in a worker process wrote. */
export interface LogLine {
  /** Ms since 1970. */
  readonly at: number;
  /** `console.debug` … `console.error`; other lines of standard output are `info`, those of standard error `error`. */
  readonly level: LogLevel;
  /** Without line end, at most 8 KiB. */
  readonly text: string;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** A file as it was when a process loaded it. */
export interface LoadedFile {
  readonly path: string;
  readonly mtimeMs: number;
  readonly size: number;
}

/** An error that crosses the border between two processes. */
export interface SentError {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  /** Trying again is of no use: `permanent: true`, or the code `xqbus:permanent-failure`. */
  readonly isPermanent: boolean;
  /** `retryAfterMs`, or `afterMs` of a `RetryLater`. */
  readonly retryAfterMs: number | undefined;
}

/** What the pool tells a process. Values of users cross as bytes of `v8.serialize`, so that their size is known. */
export type ToChild =
  | {
      readonly kind: "init";
      readonly data: Uint8Array;
      readonly maxMessageBytes: number;
      readonly maxLogBytes: number;
      readonly names: OptionNames;
    }
  | {
      readonly kind: "call";
      readonly id: number;
      readonly module: string;
      readonly export: string;
      readonly key: string | undefined;
      readonly args: Uint8Array;
    }
  | { readonly kind: "abort"; readonly id: number; readonly code: string; readonly message: string }
  | { readonly kind: "answer"; readonly id: number; readonly value: Uint8Array }
  | { readonly kind: "refused"; readonly id: number; readonly error: SentError };

/** Why a call has no result. `module`: its module cannot be loaded; `result`: what it gave cannot be sent. */
export type FailureKind = "thrown" | "module" | "result";

/** What a process tells the pool. */
export type FromChild =
  | { readonly kind: "ready" }
  | { readonly kind: "loaded"; readonly files: readonly LoadedFile[] }
  | { readonly kind: "log"; readonly call: number | undefined; readonly line: LogLine }
  | { readonly kind: "result"; readonly id: number; readonly value: Uint8Array }
  | { readonly kind: "failed"; readonly id: number; readonly failure: FailureKind; readonly error: SentError }
  | { readonly kind: "crashed"; readonly error: SentError }
  /** Something threw that a call has left behind which is over. */
  | { readonly kind: "left-behind"; readonly error: SentError }
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly call: number;
      readonly service: string;
      readonly argument: Uint8Array;
    };

/** Stands for the name of an export: what a module exports is wanted. */
export const EVERYTHING = "*";
