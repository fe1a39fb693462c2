import { messageOf, XqbusError } from "../errors.ts";
import { WorkerPool } from "../worker/index.ts";
import type { ConsumerConfig } from "./consumer-config.ts";
import type { ConsumerFolder } from "./find-consumers.ts";
import { TaskletFolder } from "./tasklet-folder.ts";
import type { Tasklet } from "./tasklet.ts";
import { readConsumerConfig } from "./tasklet-consumer.ts";

/** Whether a consumer can work, and what it would do. */
export interface ConsumerCheck {
  readonly name: string;
  readonly folder: string;
  /** Undefined where `consumer.cfg` cannot be used. */
  readonly config: ConsumerConfig | undefined;
  /** In the order in which they run. */
  readonly tasklets: readonly Tasklet[];
  /** What must be mended, with file and line where they are known. */
  readonly problems: readonly string[];
}

/** Reads the settings of a consumer and loads its tasklets in a process, without a broker. Module code runs, up to `timeoutMs` (30,000) for each; `match` and `main` do not. */
export async function checkConsumer(
  { folder, name }: ConsumerFolder,
  { timeoutMs = 30_000, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<ConsumerCheck> {
  const problems: string[] = [];
  let config: ConsumerConfig | undefined;
  try {
    config = readConsumerConfig(folder);
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    problems.push(messageOf(error));
  }
  await using pool = await WorkerPool.open({ processes: 1, cwd: folder });
  const found = await new TaskletFolder(folder, pool, timeoutMs).list(signal);
  problems.push(...found.flatMap((each) => ("error" in each ? [each.error.message] : [])));
  if (found.length === 0) problems.push(`${folder} has no tasklet: no .js, .mjs, .cjs or .ts file`);
  const tasklets = found.flatMap((each) => ("tasklet" in each ? [each.tasklet] : []));
  return { name, folder, config, tasklets, problems };
}
