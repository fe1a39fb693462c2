import { isNCName } from "../../xml/index.ts";

/** Where in an object a value stands: `PuppetReport.PuppetLog[2].Level`, written only when a message needs it. */
export class ContentPath {
  readonly #parent: ContentPath | undefined;
  readonly #step: string | number;
  /** The value there. */
  readonly value: unknown;

  constructor(parent: ContentPath | undefined, step: string | number, value: unknown) {
    this.#parent = parent;
    this.#step = step;
    this.value = value;
  }

  /** Whether the value is inside of itself. */
  get isCircular(): boolean {
    for (let at = this.#parent; at !== undefined; at = at.#parent) if (at.value === this.value) return true;
    return false;
  }

  toString(): string {
    const [first = "", ...others] = this.#steps;
    const shown = others.slice(0, MAX_SHOWN_STEPS).map(stepText).join("");
    return `${first}${shown}${others.length > MAX_SHOWN_STEPS ? "…" : ""}`;
  }

  /** The outermost first. There are no more than a document may be deep. */
  get #steps(): readonly (string | number)[] {
    return [...(this.#parent === undefined ? [] : this.#parent.#steps), this.#step];
  }
}

/** Steps of a path that a message shows. */
const MAX_SHOWN_STEPS = 20;

/** UTF-16 code units of a foreign name that a message shows. */
const MAX_SHOWN_NAME = 80;

function stepText(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  if (step.length <= MAX_SHOWN_NAME && isNCName(step)) return `.${step}`;
  return `[${JSON.stringify(step.length > MAX_SHOWN_NAME ? `${step.slice(0, MAX_SHOWN_NAME)}…` : step)}]`;
}
