import { inspect } from "node:util";

/** Something that has a text of its own. */
interface Shown {
  toString(): string;
}

/** Makes `console.log` and `util.inspect` show the objects of a class as their text; their state is private. */
export function showAsText(prototype: Shown): void {
  Object.defineProperty(prototype, inspect.custom, {
    value(this: Shown): string {
      return this.toString();
    },
  });
}
