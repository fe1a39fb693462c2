import { DEFAULT_FILTER_NAMESPACES } from "../filter/index.ts";

/** The names that a filter for one event type has to tell apart. */
export interface SelectedEvent {
  readonly name: string;
  readonly namespace: string;
  /** Namespace of the envelope. */
  readonly home: string;
}

/** The filter (XQuery) that selects all events of one type; it declares the prefixes that filters do not have anyway. */
export function selectingFilter({ name, namespace, home }: SelectedEvent): string {
  const prefixes = new Map<string, string>();
  const declarations: string[] = [];
  const qualified = (uri: string, localName: string, prefix: string): string => {
    if (uri === "") return localName;
    const known = prefixes.get(uri);
    if (known !== undefined) return `${known}:${localName}`;
    prefixes.set(uri, prefix);
    if (DEFAULT_FILTER_NAMESPACES[prefix] !== uri)
      declarations.push(`declare namespace ${prefix} = ${literal(uri)};\n`);
    return `${prefix}:${localName}`;
  };
  const path = `/${qualified(home, "Event", "e")}/${qualified(namespace, name, "x")}`;
  return declarations.join("") + path;
}

/** A string literal of XQuery 3.1 (rule StringLiteral). */
function literal(text: string): string {
  return `"${text.replaceAll("&", "&amp;").replaceAll('"', '""')}"`;
}
