import { XqbusError } from "../../errors.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";
import type { CatalogChange } from "./catalog-change.ts";

/** How a catalog is kept up to date. */
export interface WatchOptions {
  /**
   * Milliseconds without a further change after which the files are read; default 100. While changes do not stop, they are read
   * after ten times as long.
   */
  readonly debounceMs?: number;
  /** Milliseconds between two looks at the files where the system does not report changes; default 1000. */
  readonly pollMs?: number;
  /** True always looks at the files, for network folders that report no changes. Default false. */
  readonly usePolling?: boolean;
  /** Ends the watching as `close` does. */
  readonly signal?: AbortSignal;
  /** Hears of each change after it has taken effect. Must not throw. */
  readonly onReload?: (change: CatalogChange) => void;
  /**
   * Hears of all problems of the files, each time when there are any after a change, and when a directory as a whole cannot be
   * read or compiled: then the catalog stays as it was. Must not throw.
   */
  readonly onError?: (problems: readonly SchemaProblem[]) => void;
}

/** The options with all defaults filled in. */
export type ResolvedWatchOptions = Required<Pick<WatchOptions, "debounceMs" | "pollMs" | "usePolling">> & WatchOptions;

/** @throws XqbusError `xqbus:illegal-argument` when an option has a value that makes no sense */
export function resolveWatchOptions(options: WatchOptions): ResolvedWatchOptions {
  const resolved = { ...options, debounceMs: options.debounceMs ?? 100, pollMs: options.pollMs ?? 1000 };
  check("debounceMs", resolved.debounceMs, 0);
  check("pollMs", resolved.pollMs, 1);
  return { ...resolved, usePolling: options.usePolling ?? false };
}

function check(name: string, value: number, least: number): void {
  if (value >= least && value <= MAX_TIMER_MS / 10) return;
  throw new XqbusError("xqbus:illegal-argument", `${name} is ${value}; expected milliseconds, at least ${least}`);
}

/** `setTimeout` fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;
