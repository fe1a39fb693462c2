/** The ids of what a run of something starts, or runs itself: what follows it, and the actions of its steps. */
export type Started = (subject: string) => Promise<readonly string[]>;

/** The shortest way from something back to itself, the first and the last being the same; undefined: it never comes to be started again. */
export async function circleFrom(start: string, startedBy: Started): Promise<readonly string[] | undefined> {
  const cameFrom = new Map<string, string>();
  let reached: readonly string[] = [start];
  while (reached.length > 0) {
    const further: string[] = [];
    for (const from of reached) {
      for (const to of await startedBy(from)) {
        if (to === start) return [...wayTo(from, cameFrom), start];
        if (cameFrom.has(to)) continue;
        cameFrom.set(to, from);
        further.push(to);
      }
    }
    reached = further;
  }
  return undefined;
}

function wayTo(last: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = last; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
