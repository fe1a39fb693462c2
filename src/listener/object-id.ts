import { randomBytes } from "node:crypto";
import { XqbusError } from "../errors.ts";

/** Numbers that one millisecond has room for, before the following ones are ahead of the time. */
const NUMBERS_PER_MS = 1024;
/** Hexadecimal digits of the number in an id: 53 bits. */
const NUMBER_DIGITS = 14;
const TAIL_BYTES = 5;
const ID = /^[0-9a-f]{24}$/;

/** Which of the numbers are whose, where several give them: those that leave the rest `own` when they are divided by `count`. */
export interface Slots {
  readonly count: number;
  readonly own: () => number;
}

const ALONE: Slots = { count: 1, own: () => 0 };

/** Numbers that grow, and by which the time is seen at which they were given: two of them can be compared by age. */
export class GrowingNumbers {
  readonly #slots: Slots;
  #last: number;

  /** @param last the highest that was given before */
  constructor(last: number, slots: Slots = ALONE) {
    this.#last = last;
    this.#slots = slots;
  }

  /** @param now ms since 1970 */
  next(now: number): number {
    const { count, own } = this.#slots;
    const least = Math.max(this.#last + 1, Math.floor(now) * NUMBERS_PER_MS);
    this.#last = least + ((own() - (least % count) + count) % count);
    return this.#last;
  }
}

/** The number that all numbers given at a time or later are not below. */
export function firstNumberAt(timeMs: number): number {
  return Math.max(0, Math.floor(timeMs) * NUMBERS_PER_MS);
}

/** When a number was given, or a little before; ms since 1970. */
export function timeOfNumber(number: number): number {
  return Math.floor(number / NUMBERS_PER_MS);
}

/** The end of an id: ten hexadecimal digits by chance. */
export function randomTail(): string {
  return randomBytes(TAIL_BYTES).toString("hex");
}

/** An id of 24 hexadecimal digits, as MongoDB's ObjectId has them: what is younger is greater. */
export function objectId(number: number, tail: string): string {
  return number.toString(16).padStart(NUMBER_DIGITS, "0") + tail;
}

/** The number in an id whose end is known; undefined for what is no such id. */
export function numberIn(id: string, tail: string): number | undefined {
  if (!ID.test(id) || !id.endsWith(tail)) return undefined;
  const number = Number.parseInt(id.slice(0, NUMBER_DIGITS), 16);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** There is nothing of this id. @param what `a listener` */
export function unknownId(id: unknown, what: string): XqbusError {
  const text = typeof id === "string" ? id : String(id);
  const hint = ID.test(text) ? "" : "; an id has 24 hexadecimal digits";
  return new XqbusError("xqbus:unknown-name", `"${text.slice(0, 60)}" is not the id of ${what}${hint}`);
}
