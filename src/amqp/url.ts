import { isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { XqbusError } from "../errors.ts";

/** The parts of a bus URL, decoded. */
export interface BusUrl {
  /** True for `amqps`: TLS from the first byte (AMQP 1.0, part 5.2.1). */
  readonly secure: boolean;
  /** Host name or address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  /** The name of the bus, for example `org.clacks`. */
  readonly domain: string;
  /** The broker's virtual host, where the path was `/%2F`: that is the virtual host "/" of other tools, and the default domain. */
  readonly vhost?: string;
  /** The URL without the password, for messages. */
  readonly safe: string;
}

/** The domain of a URL that names none. */
export const DEFAULT_DOMAIN = "org.clacks";

const EXPECTED = "expected amqp[s]://user:password@host:port/domain";
const DEFAULT_PORTS = { amqp: 5672, amqps: 5671 } as const;
const MAX_HOST_LENGTH = 253;
const MAX_DOMAIN_LENGTH = 200;

/**
 * Reads a bus URL: `amqp://user:password@host:port/domain`, or `amqps://…` for TLS.
 *
 * User and password may be missing; they are percent-decoded as UTF-8. The default ports are 5672 and 5671 (IANA), the
 * default domain is {@link DEFAULT_DOMAIN}. The password is never part of a message; nothing that might be one is quoted.
 *
 * @throws XqbusError `xqbus:invalid-url`
 */
export function parseBusUrl(url: string): BusUrl {
  const { scheme, authority, path } = split(url);
  const at = authority.lastIndexOf("@");
  const credentials: Credentials = at < 0 ? {} : parseCredentials(authority.slice(0, at));
  const { host, port } = parseHost(authority.slice(at + 1), DEFAULT_PORTS[scheme]);
  const place = parsePath(path);
  const user = credentials.user === undefined ? "" : `${encodeURIComponent(credentials.user)}@`;
  const shownHost = isIPv6(host) ? `[${host}]` : host;
  return Object.freeze({
    secure: scheme === "amqps",
    host,
    port,
    ...credentials,
    ...place,
    safe: `${scheme}://${user}${shownHost}:${port}/${place.domain}`,
  });
}

/**
 * Reads the URLs of brokers of which one is used, the next one when it is lost: an array, or one text with commas between.
 *
 * @throws XqbusError `xqbus:invalid-url`, also when they name different domains: a client has one bus
 */
export function parseBusUrls(urls: string | readonly string[]): readonly [BusUrl, ...BusUrl[]] {
  const [first, ...others] = listed(urls).map(parseBusUrl);
  if (first === undefined) throw invalid("the list of URLs is empty");
  const other = others.find(({ domain }) => domain !== first.domain);
  if (other === undefined) return [first, ...others];
  throw invalid(`the URLs name different domains, "${first.domain}" and "${other.domain}"; a client has one bus`);
}

/** The same brokers with another domain; a virtual host that the path has named is to be given by itself then. */
export function urlsOfDomain(urls: string | readonly string[], domain: string): readonly string[] {
  parseBusUrls(urls);
  return listed(urls).map((url) => url.replace(/^([a-z]+:\/\/[^/?#]*).*$/iu, `$1/${domain}`));
}

/** The same brokers, this one first: it is there, and one that is silent costs time. */
export function urlsFrom(urls: string | readonly string[], first: Pick<BusUrl, "safe">): readonly string[] {
  const all = listed(urls);
  const isFirst = (url: string): boolean => parseBusUrl(url).safe === first.safe;
  return [...all.filter(isFirst), ...all.filter((url) => !isFirst(url))];
}

/** The URL of the bus that the environment names: `XQBUS_URL`, else `BROKER_URL`; undefined when both are missing or empty. */
export function busUrlOfEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return env["XQBUS_URL"] || env["BROKER_URL"] || undefined;
}

function listed(urls: string | readonly string[]): readonly string[] {
  return (typeof urls === "string" ? [urls] : urls).flatMap((url) =>
    typeof url === "string" ? url.split(/,(?=amqps?:\/\/)/iu) : [url],
  );
}

/** Host and port as they are written in messages: `localhost:5672`, `[::1]:5672`. */
export function hostAndPort(url: BusUrl): string {
  return isIPv6(url.host) ? `[${url.host}]:${url.port}` : `${url.host}:${url.port}`;
}

function split(url: string): { scheme: keyof typeof DEFAULT_PORTS; authority: string; path: string } {
  if (typeof url !== "string") throw invalid("it must be a string");
  if (/[\s\u0000-\u001f\u007f]/u.test(url)) throw invalid("white space and control characters must be percent-encoded");
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)(.*)$/u.exec(url);
  if (match === null) throw invalid("it must start with amqp:// or amqps://");
  const [, scheme = "", authority = "", path = ""] = match;
  const lower = scheme.toLowerCase();
  if (lower !== "amqp" && lower !== "amqps") throw invalid(`the scheme "${scheme}" is neither amqp nor amqps`);
  // Without this a password with a raw "/" would be read as port and path, and quoted in their messages.
  if (path.includes("@")) {
    throw invalid('there is a "@" behind the host; in user and password write %2F for "/", %3F for "?", %23 for "#"');
  }
  return { scheme: lower, authority, path };
}

type Credentials = Pick<BusUrl, "user" | "password">;

function parseCredentials(text: string): Credentials {
  if (text.includes("@")) throw invalid('a "@" in user or password must be written %40');
  const colon = text.indexOf(":");
  const user = decode(colon < 0 ? text : text.slice(0, colon), "user name");
  if (user === "") throw invalid('the user name before "@" is empty');
  if (colon < 0) return { user };
  const password = text.slice(colon + 1);
  if (password.includes(":")) throw invalid('a ":" in the password must be written %3A');
  return { user, password: decode(password, "password") };
}

function decode(text: string, what: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw invalid(`the ${what} has a "%" without two hexadecimal digits of UTF-8 behind it; write %25 for "%"`);
  }
  // SASL PLAIN separates its parts by NUL (RFC 4616, section 2).
  if (decoded.includes("\0")) throw invalid(`the ${what} has a NUL character, which SASL does not allow`);
  return decoded;
}

function parseHost(text: string, defaultPort: number): { host: string; port: number } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/u.exec(text);
  if (bracketed !== null) {
    const address = bracketed[1] ?? "";
    if (!isIPv6(address)) throw invalid(`"[${address}]" is not an IPv6 address`);
    return { host: address, port: parsePort(bracketed[2], defaultPort) };
  }
  if (text.includes("[") || text.includes("]"))
    throw invalid("brackets must surround an IPv6 address and nothing else");
  if (text.split(":").length > 2) throw invalid("an IPv6 address must stand in brackets: [::1]");
  const colon = text.indexOf(":");
  const port = parsePort(colon < 0 ? undefined : text.slice(colon + 1), defaultPort);
  return { host: parseHostName(colon < 0 ? text : text.slice(0, colon)), port };
}

function parseHostName(text: string): string {
  if (text === "") throw invalid("the host is missing");
  const name = /[^\u0000-\u007f]/u.test(text) ? domainToASCII(text) : text;
  if (name.length > MAX_HOST_LENGTH || !/^[A-Za-z0-9_][A-Za-z0-9._-]*$/u.test(name)) {
    throw invalid("the host is not a host name or address");
  }
  return name;
}

function parsePort(text: string | undefined, defaultPort: number): number {
  if (text === undefined) return defaultPort;
  const port = /^[0-9]{1,5}$/u.test(text) ? Number(text) : 0;
  // Not quoted: in amqp://user:password/domain, where "@host" was forgotten, it is the password.
  if (port < 1 || port > 65_535) throw invalid('the part behind the host\'s ":" is not a port from 1 to 65535');
  return port;
}

function parsePath(path: string): Pick<BusUrl, "domain" | "vhost"> {
  if (/^\/%2f$/iu.test(path)) return { domain: DEFAULT_DOMAIN, vhost: "/" };
  return { domain: parseDomain(path) };
}

function parseDomain(path: string): string {
  if (path.includes("?")) throw invalid('it has a query ("?…"); options are passed to the function, not in the URL');
  if (path.includes("#")) throw invalid('it has a fragment ("#…"); leave it away');
  if (path === "" || path === "/") return DEFAULT_DOMAIN;
  if (path === "//") {
    throw invalid('the path "//" is an old way to write the virtual host "/"; write /%2F for it, or a domain');
  }
  const segments = path.slice(1).split("/");
  if (segments.length > 1) {
    throw invalid(`the path "${path}" has several segments; it must be one domain, for example /${DEFAULT_DOMAIN}`);
  }
  const domain = segments[0] ?? "";
  if (domain.length > MAX_DOMAIN_LENGTH || !/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/u.test(domain)) {
    throw invalid(
      `the domain "${domain.slice(0, MAX_DOMAIN_LENGTH)}" must be words of letters, digits, "_" and "-" with dots between`,
    );
  }
  return domain;
}

function invalid(problem: string): XqbusError {
  return new XqbusError("xqbus:invalid-url", `bus URL: ${problem}; ${EXPECTED}`);
}
