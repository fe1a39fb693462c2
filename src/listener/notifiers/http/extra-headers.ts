const MAX_HEADERS = 50;
const MAX_LENGTH = 4_096;
/** `Name: value` (RFC 9110, sections 5.1 and 5.5) of printable ASCII. */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?[ \t]*$/u;

/** Fields of one connection (RFC 9110, section 7.6.1), and those that the notifier or the connection writes itself. */
const RESERVED: ReadonlySet<string> = new Set([
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "traceparent",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);
const RESERVED_PREFIXES: readonly string[] = ["ce-", "proxy-", "webhook-", "xqbus-"];

/**
 * Checks the header fields that a user wants in addition.
 *
 * @param illegal makes the error of a rule; values are secrets, and are not quoted
 */
export function assertHeaders(headers: readonly string[], illegal: (rule: string) => Error): void {
  if (headers.length > MAX_HEADERS) throw illegal(`must have at most ${MAX_HEADERS} header fields`);
  const names = new Set<string>();
  for (const header of headers) {
    const [, name] = header.length > MAX_LENGTH ? [] : (HEADER.exec(header) ?? []);
    if (name === undefined) {
      throw illegal(`must each be "Name: value" of printable ASCII, at most ${MAX_LENGTH} characters`);
    }
    const lower = name.toLowerCase();
    if (RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
      throw illegal(`cannot have ${name}: the notifier writes that itself, or it belongs to one connection`);
    }
    if (names.has(lower)) throw illegal(`has ${name} twice`);
    names.add(lower);
  }
}

/** The fields by name, in small letters. */
export function headersOf(headers: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    headers.map((header) => {
      const [, name = "", value = ""] = HEADER.exec(header) ?? [];
      return [name.toLowerCase(), value];
    }),
  );
}
