import { UnsupportedError } from "../values/query-error.ts";
import type { CharacterSet, Regex } from "./syntax.ts";

/** One instruction of the automaton; `next` and the like are numbers of instructions. */
export type Instruction =
  | { readonly kind: "set"; readonly matches: CharacterSet; readonly next: number }
  /** Goes on at both; the first one is preferred. */
  | { kind: "split"; next: number; other: number }
  | { readonly kind: "save"; readonly slot: number; readonly next: number }
  | { readonly kind: "edge"; readonly isStart: boolean; readonly ofLine: boolean; readonly next: number }
  | { readonly kind: "match" };

/** Instructions that a regular expression may need once its quantities are written out. */
const MAX_INSTRUCTIONS = 20_000;

/** Translates a regular expression to an automaton (Thompson's construction). The program begins at `start`. */
export function compileProgram(regex: Regex): {
  readonly instructions: readonly Instruction[];
  readonly start: number;
} {
  const instructions: Instruction[] = [{ kind: "match" }];
  const emit = (instruction: Instruction): number => {
    if (instructions.length >= MAX_INSTRUCTIONS) {
      throw new UnsupportedError(
        `a regular expression whose quantities ask for more than ${MAX_INSTRUCTIONS} states`,
        "write smaller quantities",
      );
    }
    return instructions.push(instruction) - 1;
  };

  /** Translates a part that goes on at `next`; returns where it begins. Written from the end to the beginning. */
  const translate = (part: Regex, next: number): number => {
    switch (part.kind) {
      case "set":
        return emit({ kind: "set", matches: part.matches, next });
      case "edge":
        return emit({ kind: "edge", isStart: part.isStart, ofLine: part.ofLine, next });
      case "sequence":
        return part.parts.reduceRight((behind, each) => translate(each, behind), next);
      case "choice": {
        const starts = part.branches.map((branch) => translate(branch, next));
        return starts.reduceRight((other, start) => emit({ kind: "split", next: start, other }));
      }
      case "group": {
        if (part.number === undefined) return translate(part.part, next);
        const end = emit({ kind: "save", slot: part.number * 2 + 1, next });
        return emit({ kind: "save", slot: part.number * 2, next: translate(part.part, end) });
      }
      case "repeat":
        return translateRepeat(part, next);
    }
  };

  const split = (isGreedy: boolean, inside: number, behind: number): Instruction =>
    isGreedy ? { kind: "split", next: inside, other: behind } : { kind: "split", next: behind, other: inside };

  const translateRepeat = ({ part, min, max, isGreedy }: Extract<Regex, { kind: "repeat" }>, next: number): number => {
    let start = next;
    if (max === Infinity) {
      const loop = { kind: "split" as const, next: 0, other: 0 };
      const at = emit(loop);
      Object.assign(loop, split(isGreedy, translate(part, at), next));
      start = at;
    } else {
      for (let i = min; i < max; i++) start = emit(split(isGreedy, translate(part, start), next));
    }
    for (let i = 0; i < min; i++) start = translate(part, start);
    return start;
  };

  return { start: translate(regex, 0), instructions };
}
