import type { EventContent } from "../event/index.ts";
import { literalText, type LiteralStyle } from "./literal.ts";

/** The call of the EventMaker `e` that makes an event with this content: `e.Event(e.Ping({ Host: "a" }))` on several lines. */
export function makerExpression(name: string, content: EventContent): string {
  const factory = isIdentifier(name) ? `e.${name}` : `e[${JSON.stringify(name)}]`;
  return `e.Event(\n  ${factory}(${literalText(content, TYPESCRIPT_STYLE, "  ")}),\n)`;
}

/** A plain key `__proto__` would set the prototype. */
const TYPESCRIPT_STYLE: LiteralStyle = {
  key: (name) => (name === "__proto__" ? `["__proto__"]` : isIdentifier(name) ? name : JSON.stringify(name)),
  lastComma: ",",
};

function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
}
