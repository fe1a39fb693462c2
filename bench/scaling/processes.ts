import { join } from "node:path";
import { Child } from "../child.ts";
import type { LoadAnswer, LoadRequest, MatcherAnswer, MatcherRequest } from "./protocol.ts";

/** 100,000 routes, of several processes at once, on few cores. */
const LIMITS = { limitMs: 900_000, execArgv: ["--max-old-space-size=8192"] };

export type Matcher = Child<MatcherRequest, MatcherAnswer>;
export type Load = Child<LoadRequest, LoadAnswer>;

/** A process that routes. */
export function startMatcher(): Matcher {
  return new Child({ program: join(import.meta.dirname, "matcher.ts"), ...LIMITS });
}

/** A process that publishes and consumes. */
export function startLoad(): Load {
  return new Child({ program: join(import.meta.dirname, "load.ts"), ...LIMITS });
}
