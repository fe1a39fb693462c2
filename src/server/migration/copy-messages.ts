import type { QueueSender } from "../../amqp/index.ts";
import type { MovedQueue } from "../../daemon/index.ts";
import { XqbusError } from "../../errors.ts";
import type { MovedMessages } from "./migration-report.ts";
import type { PlannedQueue } from "./plan-queues.ts";

/** How the messages of a queue are copied. */
export interface CopyMessagesOptions {
  readonly sender: Pick<QueueSender, "send" | "reach">;
  readonly signal: AbortSignal;
  /** What was copied before. */
  readonly before: MovedQueue | undefined;
  /** Keeps how far it is; what is behind this place is sent again after an interruption. */
  readonly keep: (moved: MovedQueue) => Promise<void>;
  readonly onCopied: (messages: number) => void;
}

/** Messages under way at the same time, and their bytes. */
const BATCH = 200;
const BATCH_BYTES: number = 8 * 1024 * 1024;
const START: MovedQueue = { priority: -1, sequence: 0, copied: 0 };

interface Batch {
  readonly messages: Uint8Array[];
  bytes: number;
  /** The place of the last one. */
  at: Pick<MovedQueue, "priority" | "sequence">;
}

/**
 * Sends the messages of a queue to the new broker, in their order and as they are. The old ones stay where they are: how far it came is kept each time
 * that the new broker has accepted some.
 *
 * @throws XqbusError what the new broker says
 */
export async function copyMessages(
  { queue, from, to }: PlannedQueue,
  { sender, signal, before = START, keep, onCopied }: CopyMessagesOptions,
): Promise<MovedMessages> {
  let moved = before;
  let damaged = 0;
  let batch: Batch = { messages: [], bytes: 0, at: before };
  const flush = async (): Promise<void> => {
    const { messages, at } = batch;
    if (messages.length === 0) return;
    signal.throwIfAborted();
    await send(sender, { from, to }, messages, signal);
    moved = { priority: at.priority, sequence: at.sequence, copied: moved.copied + messages.length };
    await keep(moved);
    onCopied(messages.length);
    batch = { messages: [], bytes: 0, at };
  };
  if (queue.messages > before.copied) await sender.reach(to, { signal });
  for (const found of queue.read(before)) {
    if (!("whole" in found)) {
      damaged++;
      continue;
    }
    const { bytes, place } = found.whole;
    batch.messages.push(bytes);
    batch.bytes += bytes.length;
    batch.at = { priority: place.priority, sequence: place.sequence };
    if (batch.messages.length >= BATCH || batch.bytes >= BATCH_BYTES) await flush();
  }
  await flush();
  const copied = moved.copied - before.copied;
  return { from, to, messages: before.copied + copied + damaged, before: before.copied, copied, damaged };
}

/** Resolves when all are accepted. */
async function send(
  sender: Pick<QueueSender, "send">,
  { from, to }: Pick<PlannedQueue, "from" | "to">,
  messages: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<void> {
  const results = await Promise.allSettled(messages.map((message) => sender.send(to, message, { signal })));
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) return;
  signal.throwIfAborted();
  const cause: unknown = failed.reason;
  if (!(cause instanceof XqbusError)) throw cause;
  const text = `not all messages of the ${from} are in the queue ${to}: ${cause.message}; repeat the command to go on where it was`;
  throw new XqbusError(cause.code, text, { cause });
}
