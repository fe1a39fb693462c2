import { stat } from "node:fs/promises";

/** How files are watched. */
export interface WatchFilesOptions {
  /** Ms between two looks; default 500. Looking works on every file system, and for files that are replaced. */
  readonly intervalMs?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

const DEFAULT_INTERVAL_MS = 500;

/**
 * Calls back when one of the files has changed, come or gone, and not again before that is done. Does not keep the process alive.
 * Resolves when it has begun.
 */
export async function watchFiles(
  files: readonly string[],
  onChange: () => Promise<void>,
  { intervalMs = DEFAULT_INTERVAL_MS, signal }: WatchFilesOptions = {},
): Promise<void> {
  let seen = await stateOf(files);
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const now = await stateOf(files);
    if (signal?.aborted === true) return;
    if (now !== seen) {
      seen = now;
      await onChange();
    }
    wait();
  };
  const wait = (): void => {
    if (signal?.aborted !== true) timer = setTimeout(() => void look(), intervalMs).unref();
  };
  signal?.addEventListener("abort", () => clearTimeout(timer), { once: true });
  wait();
}

async function stateOf(files: readonly string[]): Promise<string> {
  const states = files.map(async (file) => {
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(file);
      return [mtimeMs, ctimeMs, size, ino].join(" ");
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    }
  });
  return (await Promise.all(states)).join("\n");
}
