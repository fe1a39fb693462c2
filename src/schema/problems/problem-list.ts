import { positionOf, type XmlAttribute, type XmlElement } from "../../xml/index.ts";
import type { Explanation } from "./explanation.ts";
import { NodePaths } from "./node-paths.ts";
import type { ValidationProblem } from "./validation-problem.ts";

/** The problems found in one document, up to a number. */
export class ProblemList {
  readonly #paths: NodePaths;
  readonly #most: number;
  readonly #found: { readonly offset: number; readonly problem: ValidationProblem }[] = [];
  #beyond: ValidationProblem | undefined;

  /**
   * @param namespace the namespace whose names stand alone in paths
   * @param most problems that are kept
   */
  constructor(namespace: string, most: number) {
    this.#paths = new NodePaths(namespace);
    this.#most = most;
  }

  /** Whether there were more problems than are kept, so that looking for others is in vain. */
  get isExceeded(): boolean {
    return this.#beyond !== undefined;
  }

  /** How many problems are worth finding still; the one that exceeds the limit counts. */
  get room(): number {
    return this.isExceeded ? 0 : this.#most + 1 - this.#found.length;
  }

  /** @param at where it is in the text, when that is not where the node begins */
  add(node: XmlElement | XmlAttribute, code: string, explanation: Explanation, at: typeof node = node): void {
    if (this.isExceeded) return;
    const { line, column, offset } = positionOf(at);
    const place = { path: this.#paths.pathOf(node), line, column };
    if (this.#found.length < this.#most) this.#found.push({ offset, problem: { ...place, code, ...explanation } });
    else this.#beyond = { ...place, code: "xqbus:limit-exceeded", message: tellMore(this.#most) };
  }

  /** In the order of the places in the document; an entry for those that were left out comes last. */
  list(): readonly ValidationProblem[] {
    const problems = this.#found.toSorted((a, b) => a.offset - b.offset).map(({ problem }) => problem);
    return this.#beyond === undefined ? problems : [...problems, this.#beyond];
  }
}

/** What the last entry says when there were more problems than are listed. */
function tellMore(most: number): string {
  return `there are more problems from here on; the option maxProblems lists ${most} at most`;
}
