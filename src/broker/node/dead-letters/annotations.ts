import { string, uint, ulong } from "../../protocol/codec/amqp-value.ts";
import type { AmqpValue } from "../../protocol/codec/amqp-value.ts";
import type { DeadLetter } from "../queue/dead-letter.ts";

/** Numbers of dead letters begin with the time, so that they go on rising after a restart. */
export const DEAD_LETTERS_PER_MS = 1000;

/** Who has given a message up. */
export interface DeadLetterOrigin {
  /** Address of the queue, or of the subscription's topic. */
  readonly address: string;
  /** Key of the subscription in its topic; undefined for a queue. */
  readonly subscription: string | undefined;
}

/** What is written on a dead letter. */
export interface DeadLetterNote extends DeadLetter, DeadLetterOrigin {
  readonly id: number;
  /** Ms since 1970. */
  readonly at: number;
}

const NAMES = {
  id: "x-opt-dead-letter-id",
  reason: "x-opt-dead-letter-reason",
  origin: "x-opt-dead-letter-origin",
  subscription: "x-opt-dead-letter-subscription",
  time: "x-opt-dead-letter-time",
  count: "x-opt-dead-letter-count",
  description: "x-opt-dead-letter-description",
} as const;
const REDRIVES = "x-opt-redrives";

type Annotations = ReadonlyMap<string, AmqpValue>;

/** The message annotations of a dead letter; those of an earlier time go. */
export function deadLetterAnnotations(note: DeadLetterNote): Readonly<Record<string, AmqpValue | undefined>> {
  const { id, reason, address, subscription, at, failures, description } = note;
  return {
    [NAMES.id]: ulong(BigInt(id)),
    [NAMES.reason]: string(reason),
    [NAMES.origin]: string(address),
    [NAMES.subscription]: subscription === undefined ? undefined : string(subscription),
    [NAMES.time]: { type: "timestamp", value: BigInt(at) },
    [NAMES.count]: uint(failures),
    [NAMES.description]: description === undefined ? undefined : string(description),
  };
}

/** Those of a message that leaves the dead letters: how often it did is all that stays. */
export function redriveAnnotations(before: Annotations): Readonly<Record<string, AmqpValue | undefined>> {
  const without = Object.fromEntries(Object.values(NAMES).map((name) => [name, undefined]));
  return { ...without, [REDRIVES]: uint(redrivesOf(before) + 1) };
}

/** What a dead letter says of itself; what it does not say, or not in the right type, is undefined. */
export function readAnnotations(annotations: Annotations): {
  readonly id: string | undefined;
  readonly reason: string | undefined;
  readonly subscription: string | undefined;
  readonly description: string | undefined;
  readonly at: number | undefined;
  readonly failures: number;
  readonly redrives: number;
} {
  const text = (name: string): string | undefined => {
    const value = annotations.get(name);
    return value?.type === "string" ? value.value : undefined;
  };
  return {
    id: integer(annotations.get(NAMES.id))?.toString(),
    reason: text(NAMES.reason),
    subscription: text(NAMES.subscription),
    description: text(NAMES.description),
    at: integer(annotations.get(NAMES.time)),
    failures: integer(annotations.get(NAMES.count)) ?? 0,
    redrives: redrivesOf(annotations),
  };
}

/** A publisher may have written it himself: it never grows beyond what it can hold. */
function redrivesOf(annotations: Annotations): number {
  return Math.min(integer(annotations.get(REDRIVES)) ?? 0, 2 ** 32 - 2);
}

function integer(item: AmqpValue | undefined): number | undefined {
  if (item?.type !== "uint" && item?.type !== "ulong" && item?.type !== "timestamp") return undefined;
  const value = Number(item.value);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
