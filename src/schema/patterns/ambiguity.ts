import { overlaps } from "./character-set.ts";
import type { PositionAutomaton } from "./position-automaton.ts";

/**
 * Whether a backtracking engine may need exponential time: whether some repeated part of the pattern matches the same text
 * in two ways, as `(a|aa)*` does with "aa".
 *
 * In the product of the automaton with itself, two equal positions must not part and meet again within one loop
 * (exponential degree of ambiguity: Weber and Seidl, "On the degree of ambiguity of finite automata", 1991).
 *
 * @param maxSteps steps the search may take
 * @returns undefined when the search was not finished within its steps
 */
export function isExponential(automaton: PositionAutomaton, maxSteps: number): boolean | undefined {
  const { sets, follow } = automaton;
  const loopOf = stronglyConnected(follow);
  const size = sets.length;
  const seen = new Set<number>();
  const pending: number[] = [];
  let steps = 0;

  /** Follows both positions by the same character within their loop; true when two different ones lead to the same one. */
  const advance = (p: number, q: number): boolean => {
    for (const nextP of follow[p]!) {
      if (loopOf[nextP] !== loopOf[p]) continue;
      for (const nextQ of follow[q]!) {
        steps++;
        if (loopOf[nextQ] !== loopOf[q]) continue;
        if (nextP === nextQ) {
          if (p !== q) return true;
          continue;
        }
        const pair = Math.min(nextP, nextQ) * size + Math.max(nextP, nextQ);
        if (seen.has(pair) || !overlaps(sets[nextP]!, sets[nextQ]!)) continue;
        seen.add(pair);
        pending.push(pair);
      }
    }
    return false;
  };

  for (let p = 0; p < size; p++) {
    if (advance(p, p)) return true;
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
      if (advance(Math.floor(pair / size), pair % size)) return true;
      if (steps > maxSteps) return undefined;
    }
  }
  return false;
}

/** The number of the strongly connected component of each position (Tarjan's algorithm without recursion). */
function stronglyConnected(follow: readonly ReadonlySet<number>[]): readonly number[] {
  const index: number[] = [];
  const low: number[] = [];
  const component: number[] = [];
  const stack: number[] = [];
  let count = 0;
  for (let start = 0; start < follow.length; start++) {
    if (index[start] !== undefined) continue;
    const path = [{ at: start, successors: enter(start) }];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { at, successors } = step;
      const successor = successors.next();
      if (successor.done !== true) {
        const next = successor.value;
        if (index[next] === undefined) path.push({ at: next, successors: enter(next) });
        else if (component[next] === undefined) low[at] = Math.min(low[at]!, index[next]);
        continue;
      }
      path.pop();
      const parent = path.at(-1)?.at;
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[at]!);
      if (low[at] !== index[at]) continue;
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        component[member] = at;
        if (member === at) break;
      }
    }
  }
  return component;

  function enter(position: number): Iterator<number, undefined> {
    index[position] = low[position] = count++;
    stack.push(position);
    return follow[position]![Symbol.iterator]();
  }
}
