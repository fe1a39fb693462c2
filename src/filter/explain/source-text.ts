/** A part of a query's text without the white space and comments behind it. */
export function textBetween(query: string, start: number, end: number): string {
  let text = query.slice(start, end).trimEnd();
  while (text.endsWith(":)")) text = text.slice(0, startOfComment(text)).trimEnd();
  return text;
}

/** Where the comment begins that the text ends with; comments nest. */
function startOfComment(text: string): number {
  let depth = 0;
  for (let at = text.length - 2; at >= 0; at--) {
    const edge = text.slice(at, at + 2);
    if (edge === ":)") depth++;
    else if (edge === "(:" && --depth === 0) return at;
    if (edge === ":)" || edge === "(:") at--;
  }
  return 0;
}
