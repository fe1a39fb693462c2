import type { XqbusError } from "../../errors.ts";
import type { StorageOptions } from "../../storage/index.ts";

/** Where a broker keeps durable messages, and how many of them at most. */
export interface BrokerStoreOptions {
  /** A folder of this broker alone; it is made where it is missing, the folders above it are not. */
  readonly folder: string;
  /** Largest size of the file in bytes; beyond it publishers are refused. Default: what the disk has. */
  readonly maxBytes?: number;
  /**
   * Bytes of one queue's messages, with some 256 for each, that are kept in memory besides being on disk. What is beyond is
   * read by pages when consumers come near. Default 8 MiB.
   */
  readonly queueMemoryBytes?: number;
  /** Told of every damaged row that is set aside, and once when the store has failed for good. Must not throw. */
  readonly onProblem?: (error: XqbusError) => void;
  /** Starts the storage thread; tests give one of their own. */
  readonly start?: StorageOptions["start"];
}

/** Bytes of a queue's messages in memory. */
export const DEFAULT_QUEUE_MEMORY_BYTES: number = 8 * 1024 * 1024;
