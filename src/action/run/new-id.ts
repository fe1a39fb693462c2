import { randomBytes } from "node:crypto";

const PROCESS = randomBytes(5).toString("hex");
const COUNTS = 0x1000000;
let count = randomBytes(3).readUIntBE(0, 3);

/**
 * A new id of 24 hexadecimal digits, as MongoDB's ObjectId is made: seconds, five bytes by chance for the process, a count.
 *
 * @param now ms since 1970
 */
export function newId(now: number): string {
  count = (count + 1) % COUNTS;
  const seconds = Math.floor(now / 1000);
  return `${seconds.toString(16).padStart(8, "0").slice(-8)}${PROCESS}${count.toString(16).padStart(6, "0")}`;
}

/** Whether it can be an id of an action, a trigger or a run. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text);
}
