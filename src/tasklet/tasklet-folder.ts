import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, XqbusError } from "../errors.ts";
import type { WorkerPool } from "../worker/index.ts";
import { taskletOf, type Tasklet } from "./tasklet.ts";

/** Tasklets of one process at most. */
const MAX_TASKLETS = 1000;

interface Known {
  readonly stamp: string;
  readonly found: FoundTasklet;
  /** Ms since the process began; then it is loaded once more. */
  readonly until: number;
}

/** What a module that cannot be loaded may cost of the time: it is left alone for so many times of what the attempt took. */
const REST = 20;

/** A module that could be a tasklet, or why it cannot. */
export type FoundTasklet =
  { readonly module: string; readonly tasklet: Tasklet } | { readonly module: string; readonly error: XqbusError };

/** The tasklets of a process folder, as its files are now. */
export class TaskletFolder {
  readonly #folder: string;
  readonly #pool: WorkerPool;
  readonly #known: Map<string, Known> = new Map();

  readonly #timeoutMs: number;

  /** @param timeoutMs how long the loading of a module may take */
  constructor(folder: string, pool: WorkerPool, timeoutMs: number) {
    this.#folder = folder;
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * All, in the order in which they run: the highest priority first, of equal ones by the name of the file; then those that cannot
   * be loaded.
   *
   * @throws XqbusError `xqbus:unreadable`, `xqbus:limit-exceeded`
   */
  async list(signal?: AbortSignal): Promise<readonly FoundTasklet[]> {
    const modules = taskletFiles(this.#folder);
    const found = await Promise.all(modules.map((module) => this.#find(module, signal)));
    for (const module of this.#known.keys()) if (!modules.includes(module)) this.#known.delete(module);
    return found.sort((one, other) => priorityOf(other) - priorityOf(one));
  }

  async #find(module: string, signal: AbortSignal | undefined): Promise<FoundTasklet> {
    const { mtimeMs, size } = statSync(module, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: -1 };
    const stamp = `${mtimeMs} ${size}`;
    const known = this.#known.get(module);
    const began = performance.now();
    if (known?.stamp === stamp && began < known.until) return known.found;
    const found = await this.#load(module, signal);
    // What a module imports may have changed, too, and mended it.
    const until = "error" in found ? performance.now() + REST * (performance.now() - began) : Infinity;
    if (signal?.aborted !== true) this.#known.set(module, { stamp, found, until });
    return found;
  }

  async #load(module: string, signal: AbortSignal | undefined): Promise<FoundTasklet> {
    try {
      const limits = { timeoutMs: this.#timeoutMs, ...(signal === undefined ? {} : { signal }) };
      return { module, tasklet: taskletOf(module, await this.#pool.describe({ module, ...limits })) };
    } catch (error) {
      if (error instanceof XqbusError) return { module, error };
      throw error;
    }
  }
}

function priorityOf(found: FoundTasklet): number {
  return "tasklet" in found ? found.tasklet.priority : -Infinity;
}

/**
 * The modules of a process folder that are tasklets, by name: those in the folder itself whose name does not begin with `_` or `.`.
 *
 * @throws XqbusError `xqbus:unreadable`, `xqbus:limit-exceeded`
 */
export function taskletFiles(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `the folder ${folder} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const modules = names.filter((name) => /^[^_.].*\.(?:[mc]?js|[mc]?ts)$/.test(name) && !/\.(?:d|test)\./.test(name));
  if (modules.length > MAX_TASKLETS) {
    throw new XqbusError("xqbus:limit-exceeded", `${folder} has more than ${MAX_TASKLETS} tasklets`);
  }
  return modules.sort().map((name) => join(folder, name));
}
