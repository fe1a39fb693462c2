import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { busUrlOfEnvironment, parseBusUrl, parseBusUrls, type BusUrl } from "../../src/amqp/index.ts";
import { XqbusError } from "../../src/errors.ts";

const FORM = "expected amqp[s]://user:password@host:port/domain";

function problemOf(url: string): string {
  try {
    parseBusUrl(url);
  } catch (error) {
    if (error instanceof XqbusError && error.code === "xqbus:invalid-url") return error.message;
    throw error;
  }
  return "no problem";
}

describe("a bus URL", () => {
  const good: readonly [url: string, parts: Omit<BusUrl, "safe">, safe: string][] = [
    [
      "amqp://admin:secret@localhost/org.clacks",
      { secure: false, host: "localhost", port: 5672, user: "admin", password: "secret", domain: "org.clacks" },
      "amqp://admin@localhost:5672/org.clacks",
    ],
    [
      "amqps://admin:secret@localhost/org.clacks",
      { secure: true, host: "localhost", port: 5671, user: "admin", password: "secret", domain: "org.clacks" },
      "amqps://admin@localhost:5671/org.clacks",
    ],
    ["amqp://host", { secure: false, host: "host", port: 5672, domain: "org.clacks" }, "amqp://host:5672/org.clacks"],
    [
      "AMQP://host:1234/",
      { secure: false, host: "host", port: 1234, domain: "org.clacks" },
      "amqp://host:1234/org.clacks",
    ],
    [
      "amqp://m%C3%BCller:p%C3%A4ss%40%2F%3A%25@[::1]:7000/a.b-c_d.1",
      { secure: false, host: "::1", port: 7000, user: "müller", password: "päss@/:%", domain: "a.b-c_d.1" },
      "amqp://m%C3%BCller@[::1]:7000/a.b-c_d.1",
    ],
    [
      "amqp://müller:gehëim@bücher.example/bus",
      { secure: false, host: "xn--bcher-kva.example", port: 5672, user: "müller", password: "gehëim", domain: "bus" },
      "amqp://m%C3%BCller@xn--bcher-kva.example:5672/bus",
    ],
    [
      "amqp://guest@10.0.0.1",
      { secure: false, host: "10.0.0.1", port: 5672, user: "guest", domain: "org.clacks" },
      "amqp://guest@10.0.0.1:5672/org.clacks",
    ],
    [
      "amqp://guest:@my_broker",
      { secure: false, host: "my_broker", port: 5672, user: "guest", password: "", domain: "org.clacks" },
      "amqp://guest@my_broker:5672/org.clacks",
    ],
  ];

  it("whose path is %2F means the virtual host / and the default domain", () => {
    expect(parseBusUrl("amqp://guest:guest@rabbitmq:5672/%2F")).toMatchObject({ vhost: "/", domain: "org.clacks" });
    expect(parseBusUrl("amqp://guest:guest@rabbitmq:5672/%2f")).toMatchObject({ vhost: "/", domain: "org.clacks" });
  });

  const lists: readonly [urls: string | readonly string[], hosts: readonly string[]][] = [
    ["amqp://a", ["a"]],
    ["amqp://a,amqps://b/org.clacks", ["a", "b"]],
    [
      ["amqp://a", "amqp://u:p,q@b,AMQP://c"],
      ["a", "b", "c"],
    ],
  ];

  it.each(lists)("list %j is read", (urls, hosts) => {
    expect(parseBusUrls(urls).map(({ host }) => host)).toEqual(hosts);
  });

  it("list that is empty, names two buses or holds no strings is refused", () => {
    expect(() => parseBusUrls([])).toThrow("the list of URLs is empty");
    expect(() => parseBusUrls("amqp://a/x,amqp://b/y")).toThrow(
      'the URLs name different domains, "x" and "y"; a client has one bus',
    );
    expect(() => parseBusUrls([1 as unknown as string])).toThrow("bus URL: it must be a string");
  });

  const environments: readonly [env: Record<string, string>, url: string | undefined][] = [
    [{ XQBUS_URL: "amqp://a", BROKER_URL: "amqp://b" }, "amqp://a"],
    [{ XQBUS_URL: "", BROKER_URL: "amqp://b" }, "amqp://b"],
    [{ BROKER_URL: "" }, undefined],
    [{}, undefined],
  ];

  it.each(environments)("of the environment %j", (env, url) => {
    expect(busUrlOfEnvironment(env)).toBe(url);
  });

  it.each(good)("%s is read", (url, parts, safe) => {
    expect(parseBusUrl(url)).toEqual({ ...parts, safe });
  });

  const bad: readonly [url: string, problem: string][] = [
    ["", "it must start with amqp:// or amqps://"],
    ["localhost:5672", "it must start with amqp:// or amqps://"],
    ["amqp:localhost", "it must start with amqp:// or amqps://"],
    ["http://localhost/org.clacks", 'the scheme "http" is neither amqp nor amqps'],
    ["amqp://", "the host is missing"],
    ["amqp:///org.clacks", "the host is missing"],
    ["amqp://user:pass@/org.clacks", "the host is missing"],
    ["amqp://@host", 'the user name before "@" is empty'],
    ["amqp://:pass@host", 'the user name before "@" is empty'],
    ["amqp://a b@host", "white space and control characters must be percent-encoded"],
    ["amqp://host/org.clacks\n", "white space and control characters must be percent-encoded"],
    ["amqp://user:p@ss@host", 'a "@" in user or password must be written %40'],
    ["amqp://user:p:ss@host", 'a ":" in the password must be written %3A'],
    [
      "amqp://user:p/ss@host/org.clacks",
      'there is a "@" behind the host; in user and password write %2F for "/", %3F for "?", %23 for "#"',
    ],
    [
      "amqp://user:p#ss@host/org.clacks",
      'there is a "@" behind the host; in user and password write %2F for "/", %3F for "?", %23 for "#"',
    ],
    [
      "amqp://user:p%@host",
      'the password has a "%" without two hexadecimal digits of UTF-8 behind it; write %25 for "%"',
    ],
    [
      "amqp://us%FFer@host",
      'the user name has a "%" without two hexadecimal digits of UTF-8 behind it; write %25 for "%"',
    ],
    ["amqp://user:a%00b@host", "the password has a NUL character, which SASL does not allow"],
    ["amqp://::1/org.clacks", "an IPv6 address must stand in brackets: [::1]"],
    ["amqp://[::g]/org.clacks", '"[::g]" is not an IPv6 address'],
    ["amqp://[::1]x/org.clacks", "brackets must surround an IPv6 address and nothing else"],
    ["amqp://host:/org.clacks", 'the part behind the host\'s ":" is not a port from 1 to 65535'],
    ["amqp://host:0/org.clacks", 'the part behind the host\'s ":" is not a port from 1 to 65535'],
    ["amqp://host:65536", 'the part behind the host\'s ":" is not a port from 1 to 65535'],
    ["amqp://admin:secret/org.clacks", 'the part behind the host\'s ":" is not a port from 1 to 65535'],
    ["amqp://-host", "the host is not a host name or address"],
    ["amqp://ho%20st", "the host is not a host name or address"],
    ["amqp://host//", 'the path "//" is an old way to write the virtual host "/"; write /%2F for it, or a domain'],
    ["amqp://host/a/", 'the path "/a/" has several segments; it must be one domain, for example /org.clacks'],
    ["amqp://host/a/b", 'the path "/a/b" has several segments; it must be one domain, for example /org.clacks'],
    ["amqp://host/a..b", 'the domain "a..b" must be words of letters, digits, "_" and "-" with dots between'],
    ["amqp://host/*", 'the domain "*" must be words of letters, digits, "_" and "-" with dots between'],
    ["amqp://host/a?b=c", 'it has a query ("?…"); options are passed to the function, not in the URL'],
    ["amqp://host?b=c", 'it has a query ("?…"); options are passed to the function, not in the URL'],
    ["amqp://host/a#b", 'it has a fragment ("#…"); leave it away'],
  ];

  it.each(bad)("%j is refused", (url, problem) => {
    expect(problemOf(url)).toBe(`bus URL: ${problem}; ${FORM}`);
  });

  it("that is no string is refused", () => {
    expect(() => parseBusUrl(undefined as unknown as string)).toThrow("bus URL: it must be a string");
  });

  it("gives back every user and password that is percent-encoded", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((s) => !s.includes("\0"));
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = parseBusUrl(`amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host/bus`);
        expect([url.user, url.password]).toEqual([user, password]);
      }),
    );
  });

  it("never shows the password, neither in a message nor in the safe form", () => {
    const secret = "hunter2hunter2";
    const around = fc.constantFrom("", "/", "@", "#", "?", "%", ":", " ", "[", "]", "//", "é");
    const host = fc.constantFrom(
      "host",
      "host:5672",
      "host:x",
      "[::1]",
      "",
      "-",
      "host/a/b",
      "host/a?b",
      "host/*",
      "host/a@b",
    );
    fc.assert(
      fc.property(around, around, host, (before, behind, rest) => {
        const url = `amqp://admin:${before}${secret}${behind}@${rest}`;
        const shown = [problemOf(url)];
        if (shown[0] === "no problem") shown.push(parseBusUrl(url).safe);
        expect(shown.join()).not.toContain(secret);
      }),
    );
    expect(problemOf(`amqp://admin:${secret}`)).not.toContain(secret);
    expect(problemOf(`amqp://admin:${secret}/org.clacks`)).not.toContain(secret);
  });
});
