/** More than this is the list of everything that could follow, which helps nobody. */
const MAX_EXPECTED_LENGTH = 20;

/**
 * Says what stands where the parser stopped. The parser backtracks: behind a bracket that is never closed, or whose content
 * is wrong, it stops at the bracket.
 */
export function explainSyntaxError(
  engineReason: string,
  text: string,
  engineOffset: number | undefined,
): { readonly reason: string; readonly offset?: number } {
  if (engineReason.startsWith("Use of XQuery")) {
    return { reason: "syntax error: this is XQuery, and the filter's language is XPath" };
  }
  const expected = /Expected (.*)$/s.exec(engineReason)?.[1];
  if (engineOffset === undefined || expected === undefined) {
    return { reason: `syntax error: ${engineReason.charAt(0).toLowerCase()}${engineReason.slice(1)}` };
  }
  const offset = engineOffset + /^\s*/.exec(text.slice(engineOffset))![0].length;
  const found = /^(?:[\p{L}\p{N}_.-]+|.)/su.exec(text.slice(offset))?.[0];
  const wanted =
    expected === "end of input" || expected.length > MAX_EXPECTED_LENGTH || /[[\\]/.test(expected)
      ? ""
      : `; expected ${expected.split(",").filter(Boolean).join(" or ")}`;
  if (found === undefined) {
    return { reason: `syntax error: the filter ends too early${wanted}`, offset: engineOffset };
  }
  const hint = wanted === "" ? bracketHint(found, text.slice(0, offset)) : undefined;
  return { reason: `syntax error: ${hint ?? `unexpected ${quote(found)}${wanted}`}`, offset };
}

function bracketHint(found: string, before: string): string | undefined {
  const word = /(?:^|[^\w$:-])(\w+)\s*$/.exec(before)?.[1];
  if (found === "(" && word === "if") return '"if" needs: if (…) then … else …, with an expression in each place';
  if (found === "{" && word === "try") return "try and catch are not supported";
  return "([{".includes(found)
    ? `the "${found}" is not closed, or there is no correct expression behind it`
    : undefined;
}

function quote(found: string): string {
  return found === '"' ? `'"'` : `"${found}"`;
}
