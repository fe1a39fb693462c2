/** Prefixes that every query knows, and functions of the standard, which need none. */
const PREFIXES: Readonly<Record<string, string>> = {
  "http://www.w3.org/2005/xpath-functions": "",
  "http://www.w3.org/2005/xpath-functions/map": "map:",
  "http://www.w3.org/2005/xpath-functions/array": "array:",
  "http://www.w3.org/2005/xpath-functions/math": "math:",
  "http://www.w3.org/2001/XMLSchema": "xs:",
  "http://www.w3.org/2005/xquery-local-functions": "local:",
};

/** Functions of the standard that read something else than the event; the engine has none of them. */
const OUTSIDE =
  /^(?:doc|doc-available|collection|uri-collection|unparsed-text(?:-lines|-available)?|json-doc|environment-variable|available-environment-variables|load-xquery-module|transform)$/;

/** Names the function and the nearest one that exists. */
export function explainUnknownFunction(reason: string, text: string, offset: number | undefined): string {
  const unknown = /^(?:Function|The function) (?:Q\{(.*?)\})?(\S+) with (?:an )?arity (?:of )?(\d+)/.exec(reason);
  if (unknown === null) return reason;
  const [, namespace = "", localName = "", arity = ""] = unknown;
  const name = writtenName(text, offset, localName) ?? shortName(namespace, localName);
  const sentence = `there is no function ${name} with ${arity} argument${arity === "1" ? "" : "s"}`;
  if (OUTSIDE.test(name)) return `${sentence}: a filter reads nothing but the event`;
  const suggestion = [...reason.matchAll(/"Q\{(.*?)\}(\S+) (\(.*?\))"(?=,| or|\?)/g)].find(
    ([, uri = ""]) => uri in PREFIXES,
  );
  if (suggestion === undefined) return sentence;
  const [, uri = "", nearest = "", parameters = ""] = suggestion;
  return `${sentence}; did you mean ${shortName(uri, nearest)}${parameters}?`;
}

function shortName(namespace: string, localName: string): string {
  const prefix = namespace === "" ? "" : PREFIXES[namespace];
  return prefix === undefined ? `Q{${namespace}}${localName}` : prefix + localName;
}

/** The name as the query has it, when the place is that of the name. */
function writtenName(text: string, offset: number | undefined, localName: string): string | undefined {
  if (offset === undefined) return undefined;
  const written = /^(?:Q\{[^}]*\})?[^\s(#{}]+/.exec(text.slice(offset))?.[0];
  return written?.split(/[:}]/).at(-1) === localName ? written.replace(/^fn:/, "") : undefined;
}
