/** Text that is HTML already; everything else that gets into a page is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template of {@link markup} may hold: text to escape, HTML, and several of these. */
export type HtmlPart = string | number | Html | undefined | readonly HtmlPart[];

/**
 * A piece of HTML out of a template: what is filled in is escaped for element content and quoted attribute values alike, and
 * `undefined` adds nothing.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.reduce((all, text, index) => all + written(parts[index - 1]) + text));
}

function written(part: HtmlPart): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(written).join("");
  return String(part).replaceAll(/[&<>"']/g, (character) => REFERENCES[character] ?? "");
}

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
