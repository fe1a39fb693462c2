import { markup, type Html } from "./html.ts";

/** Documentation as paragraphs; an empty line separates them. */
export function paragraphs(text: string): readonly Html[] {
  return text === "" ? [] : text.split("\n\n").map((paragraph) => markup`<p>${paragraph}</p>`);
}
