/** The values that the caller gives for parts of an event, by paths below it; remembers which were used. */
export class GivenValues {
  readonly #values: ReadonlyMap<string, string>;
  readonly #used = new Set<string>();

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(values));
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** The paths of values that no part of the document had. */
  get unused(): readonly string[] {
    return [...this.#values.keys()].filter((path) => !this.#used.has(path));
  }

  /**
   * The value of an element, or of a part of it.
   *
   * @param path of the element, empty for the event; undefined for what is not in the event, which has no values
   * @param part the name of a child, or of an attribute behind `@`
   */
  valueAt(path: string | undefined, part?: string): string | undefined {
    const whole = part === undefined ? path : pathBelow(path, part);
    if (whole === undefined) return undefined;
    const value = this.#values.get(whole);
    if (value !== undefined) this.#used.add(whole);
    return value;
  }

  /** Whether an element, or something in it, has a value. */
  isWantedAt(path: string | undefined, part?: string): boolean {
    const whole = part === undefined ? path : pathBelow(path, part);
    if (whole === undefined) return false;
    return [...this.#values.keys()].some((each) => each === whole || whole === "" || each.startsWith(`${whole}/`));
  }
}

/** The path of a part of an element; undefined for what is not in the event. */
export function pathBelow(path: string | undefined, part: string): string | undefined {
  if (path === undefined) return undefined;
  return path === "" ? part : `${path}/${part}`;
}
