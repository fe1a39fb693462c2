import { XqbusError } from "../../../errors.ts";

/** A text with places for values of an event: `{{ payload.repo_id }}`. */
export interface Template {
  /** Texts, and between them paths. */
  readonly parts: readonly TemplatePart[];
}

/** A text as it is, or the path of a value. */
export type TemplatePart =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "value"; readonly path: string };

/** Values that one template may have. */
const MAX_VALUES = 1_000;
const PATH = /^[^\s{}.]+(?:\.[^\s{}.]+)*$/u;

/**
 * Reads a template: `{{ path }}` stands for a value, everything else for itself.
 *
 * @throws XqbusError `xqbus:illegal-argument` for a place that is not closed, or has no path in it
 */
export function parseTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (let open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
    const close = text.indexOf("}}", open);
    const inner = text.slice(open + 2, close < 0 ? undefined : close);
    if (close < 0) throw illegal(`does not close the place "{{${excerpt(inner)}"; "}}" closes it`);
    const path = inner.trim();
    if (!PATH.test(path))
      throw illegal(`has the place "{{${excerpt(inner)}}}"; a path such as {{ payload.Id }} is needed`);
    if (parts.length >= 2 * MAX_VALUES) throw illegal(`has more than ${MAX_VALUES} places for values`);
    if (open > at) parts.push({ kind: "text", text: text.slice(at, open) });
    parts.push({ kind: "value", path });
    at = close + 2;
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
  return { parts };
}

/** The paths of a template, each once. */
export function pathsOf({ parts }: Template): readonly string[] {
  return [...new Set(parts.flatMap((part) => (part.kind === "value" ? part.path : [])))];
}

/**
 * The template with its values, cut behind so many UTF-16 code units.
 *
 * @param valueAt the value of a path as text
 */
export function fillTemplate(
  { parts }: Template,
  valueAt: (path: string) => string,
  maxLength: number,
): FilledTemplate {
  let text = "";
  for (const part of parts) {
    text += part.kind === "text" ? part.text : valueAt(part.path);
    if (text.length > maxLength) return { text: cut(text, maxLength), isCut: true };
  }
  return { text, isCut: false };
}

/** What a template came to. */
export interface FilledTemplate {
  readonly text: string;
  /** Whether it was longer. */
  readonly isCut: boolean;
}

/** No character is cut in two. */
function cut(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "");
}

function excerpt(inner: string): string {
  const [line = ""] = inner.split("\n");
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
