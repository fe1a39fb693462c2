/** The parts of a URI reference (RFC 3986, appendix B). */
interface UriParts {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

function split(uri: string): UriParts {
  const [, scheme, authority, path = "", query, fragment] =
    /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(uri) ?? [];
  return { scheme, authority, path, query, fragment };
}

/** Resolves a reference against an absolute URI (RFC 3986, section 5.2); characters stay as they are. */
export function resolveUri(reference: string, base: string): string {
  const [r, b] = [split(reference), split(base)];
  if (r.scheme !== undefined) return join({ ...r, path: withoutDots(r.path) });
  const { scheme } = b;
  if (r.authority !== undefined) return join({ ...r, scheme, path: withoutDots(r.path) });
  const { authority } = b;
  const { fragment } = r;
  if (r.path === "") return join({ scheme, authority, path: b.path, query: r.query ?? b.query, fragment });
  const path = r.path.startsWith("/") ? r.path : merged(b, r.path);
  return join({ scheme, authority, path: withoutDots(path), query: r.query, fragment });
}

function merged({ authority, path }: UriParts, reference: string): string {
  if (authority !== undefined && path === "") return `/${reference}`;
  return `${path.slice(0, path.lastIndexOf("/") + 1)}${reference}`;
}

/** Section 5.2.4. */
function withoutDots(path: string): string {
  const output: string[] = [];
  const segments = path.split("/");
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === "..") {
      if (output.length > 1 || (output.length === 1 && output[0] !== "")) output.pop();
      if (isLast) output.push("");
    } else if (segment === ".") {
      if (isLast) output.push("");
    } else output.push(segment);
  }
  return output.join("/");
}

function join({ scheme, authority, path, query, fragment }: UriParts): string {
  return [
    scheme === undefined ? "" : `${scheme}:`,
    authority === undefined ? "" : `//${authority}`,
    path,
    query === undefined ? "" : `?${query}`,
    fragment === undefined ? "" : `#${fragment}`,
  ].join("");
}
