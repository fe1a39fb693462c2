/**
 * The same string in memory of its own. A substring keeps the whole document alive that it was cut from, so what
 * outlives a document must be copied first.
 */
export function ownCopy(s: string): string {
  return Buffer.from(s, "utf8").toString("utf8");
}
