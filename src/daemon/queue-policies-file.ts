import { assertQueuePolicies } from "../broker/index.ts";
import type { QueuePolicy } from "../broker/index.ts";
import { XqbusError } from "../errors.ts";
import { readJsonFile } from "./json-file.ts";

/**
 * The policies of a file `{ "queues": [ { "address": "org.#", "maxMessages": 1000, "whenFull": "drop-oldest" } ] }`.
 *
 * @throws XqbusError `xqbus:unreadable` that names the policy by its number, from 1
 */
export async function readQueuePoliciesFile(file: string): Promise<readonly QueuePolicy[]> {
  const content = await readJsonFile(file);
  const policies = typeof content === "object" && content !== null && "queues" in content ? content.queues : undefined;
  try {
    assertQueuePolicies(policies as readonly QueuePolicy[]);
    return policies as readonly QueuePolicy[];
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    throw new XqbusError("xqbus:unreadable", `${file} has no queue policies that can be used: ${error.message}`, {
      cause: error,
    });
  }
}
