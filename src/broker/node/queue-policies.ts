import { XqbusError } from "../../errors.ts";
import { RoutingPatterns } from "../../filter/index.ts";
import type { QueueOptions } from "./queue/queue-options.ts";

/** How certain queues differ from the others; what is left out is as everywhere. */
export interface QueuePolicy {
  /**
   * Addresses of queues, and of topics, whose subscriptions are meant: words with dots between them, `*` one word, `#` any number.
   * Default `#`. Not the queues `.dead-letter` and `.unrouted`.
   */
  readonly address?: string;
  /** Default: `maxQueueMessages` of the broker. */
  readonly maxMessages?: number;
  /** Default: `maxQueueBytes` of the broker. */
  readonly maxBytes?: number;
  /**
   * What happens when there is no room: the new message is refused (default), or the oldest ones that wait become dead letters (of a
   * subscription that ends with its link: they are dropped, and counted).
   */
  readonly whenFull?: "reject" | "drop-oldest";
  /** Default: `maxDeliveryAttempts` of the broker. */
  readonly maxDeliveryAttempts?: number;
  /** Ms after which a message is given up, whatever it says itself. Default: never. */
  readonly maxAgeMs?: number;
}

const NUMBERS = ["maxMessages", "maxBytes", "maxDeliveryAttempts", "maxAgeMs"] as const;
const KEYS: readonly string[] = ["address", "whenFull", ...NUMBERS];
/** Of a pattern; it is compared with what clients send. */
const MAX_PATTERN_LENGTH = 1000;

/** Policies in their order: the first one that fits an address decides. */
export class QueuePolicies {
  readonly #lines: readonly { readonly patterns: RoutingPatterns; readonly options: Partial<QueueOptions> }[];

  /** @throws XqbusError `xqbus:illegal-argument` */
  constructor(policies: readonly QueuePolicy[] = []) {
    assertQueuePolicies(policies);
    this.#lines = policies.map(({ address = "#", ...options }) => {
      const patterns = new RoutingPatterns();
      patterns.take(address);
      return { patterns, options };
    });
  }

  optionsFor(address: string): Partial<QueueOptions> {
    return this.#lines.find(({ patterns }) => patterns.matching(address).length > 0)?.options ?? {};
  }
}

/** @throws XqbusError `xqbus:illegal-argument` that names the policy by its number, from 1 */
export function assertQueuePolicies(policies: readonly QueuePolicy[]): void {
  if (!Array.isArray(policies)) throw illegal("the queue policies are no list; expected an array of policies");
  for (const [index, policy] of policies.entries()) {
    const problem = problemOf(policy as unknown);
    if (problem !== undefined) throw illegal(`queue policy ${index + 1}: ${problem}`);
  }
}

function problemOf(policy: unknown): string | undefined {
  if (typeof policy !== "object" || policy === null) return "it is no object";
  const fields = new Map<string, unknown>(Object.entries(policy));
  const unknownKey = [...fields.keys()].find((key) => !KEYS.includes(key));
  if (unknownKey !== undefined) return `unknown field ${JSON.stringify(unknownKey)}; expected ${KEYS.join(", ")}`;
  const address = fields.get("address") ?? "#";
  if (typeof address !== "string" || address === "" || address.length > MAX_PATTERN_LENGTH) {
    return `address is ${shown(address)}; expected a pattern such as org.#`;
  }
  const whenFull = fields.get("whenFull") ?? "reject";
  if (whenFull !== "reject" && whenFull !== "drop-oldest") {
    return `whenFull is ${shown(whenFull)}; expected reject or drop-oldest`;
  }
  const wrong = NUMBERS.find((name) => fields.has(name) && !isCount(fields.get(name)));
  return wrong && `${wrong} is ${shown(fields.get(wrong))}; expected a whole number, at least 1`;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 100) ?? typeof value;
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
