import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { describe, expect, it } from "vitest";
import type { NotifyError } from "../../../src/listener/index.ts";
import { httpNotifier } from "../../../src/listener/notifiers/http.ts";
import type { ResolveName } from "../../../src/listener/notifiers/http/address-guard.ts";
import { AddressGuard } from "../../../src/listener/notifiers/http/address-guard.ts";
import { afterTest, contextOf, noEnd, notificationOf } from "./fixtures.ts";

/** Addresses by the order of the questions; the last one answers all further ones. */
function names(...answers: readonly string[][]): ResolveName {
  let asked = 0;
  return (_name, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    process.nextTick(() =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      ),
    );
  };
}

/** Listens on all addresses of loopback, and counts whoever comes. */
async function listeners(): Promise<{ readonly port: number; readonly hits: () => number }> {
  let hits = 0;
  const listenOn = async (host: string, port: number): Promise<Server> => {
    const server = createServer((socket) => {
      hits++;
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    server.listen({ host, port, ipv6Only: true });
    await once(server, "listening");
    afterTest(() => server.close());
    return server;
  };
  const first = await listenOn("0.0.0.0", 0);
  const { port } = first.address() as AddressInfo;
  // Where there is no IPv6, nobody can be called by it.
  await listenOn("::1", port).catch(() => undefined);
  return { port, hits: () => hits };
}

/** The code of the refusal of a configuration; undefined when it is taken. */
async function refusal(url: string, allow: readonly string[], resolve?: ResolveName): Promise<string | undefined> {
  try {
    httpNotifier(resolve).check({ url }, await contextOf({ network: { allow } }));
    return undefined;
  } catch (error) {
    return (error as NotifyError).code;
  }
}

/** Opens a listener as it is stored, and tells it of an event. @returns the code of what went wrong, else what was answered */
async function call(url: string, allow: readonly string[], resolve?: ResolveName): Promise<string> {
  const type = httpNotifier(resolve);
  const context = await contextOf({ network: { allow } });
  try {
    const notifier = await type.open({ url, connectTimeoutMs: 2_000 }, context);
    afterTest(() => notifier.close());
    const { status } = await notifier.notify(notificationOf(), noEnd());
    return `answered ${status}`;
  } catch (error) {
    return (error as NotifyError).code;
  }
}

const TRICKS: readonly (readonly [what: string, host: string, resolve?: ResolveName])[] = [
  ["an address of loopback", "127.0.0.1"],
  ["another address of loopback", "127.1.2.3"],
  ["a name of loopback", "localhost"],
  ["a name of loopback with a dot", "localhost."],
  ["a name below localhost", "anything.LocalHost"],
  ["one decimal number", "2130706433"],
  ["hexadecimal parts", "0x7f.1"],
  ["octal parts", "0177.0.0.01"],
  ["a short form", "127.1"],
  ["an address with a dot", "127.0.0.1."],
  ["digits of full width", "１２７.０.０.１"],
  ["percent-encoded digits", "%31%32%37.0.0.1"],
  ["the address of any", "0.0.0.0"],
  ["nothing but zero", "0"],
  ["loopback in IPv6", "[::1]"],
  ["any in IPv6", "[::]"],
  ["IPv4-mapped", "[::ffff:127.0.0.1]"],
  ["IPv4-mapped in hexadecimal", "[::ffff:7f00:1]"],
  ["IPv4-compatible", "[::127.0.0.1]"],
  ["NAT64", "[64:ff9b::7f00:1]"],
  ["NAT64 of a network of one's own", "[64:ff9b:1::7f00:1]"],
  ["6to4", "[2002:7f00:1::1]"],
  ["Teredo", "[2001:0:7f00:1::1]"],
  ["SIIT", "[::ffff:0:7f00:1]"],
  ["unique local", "[fd00::1]"],
  ["link-local in IPv6", "[fe80::1]"],
  ["site-local", "[fec0::1]"],
  ["documentation", "[2001:db8::1]"],
  ["multicast", "[ff02::1]"],
  ["the metadata of clouds", "169.254.169.254"],
  ["a private network", "10.0.0.1"],
  ["a private network at home", "192.168.1.1"],
  ["a private network between", "172.16.0.1"],
  ["a network of the carrier", "100.64.0.1"],
  ["multicast in IPv4", "224.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["reserved", "240.0.0.1"],
  ["a name of a private address", "internal.example", names(["127.0.0.1"])],
  ["a name of private addresses only", "internal.example", names(["10.0.0.1", "::1", "127.0.0.1", "::ffff:127.0.0.1"])],
  ["a name of a mapped address", "internal.example", names(["::ffff:127.0.0.1"])],
  ["a name of a zone", "internal.example", names(["fe80::1%lo"])],
];

describe("the http notifier does not call", () => {
  it.each(TRICKS.map(([what, host, resolve]) => ({ what, host, resolve })))(
    "$what: $host",
    async ({ host, resolve }) => {
      const { port, hits } = await listeners();
      const url = `http://${host}:${port}/`;
      expect(await call(url, [], resolve)).toBe("xqbus:address-refused");
      expect(hits()).toBe(0);
      // Where a name leads to shows when it is called only.
      expect(await refusal(url, [], resolve)).toBe(resolve === undefined ? "xqbus:address-refused" : undefined);
    },
  );

  it("a name whose address has become another one since it was checked", async () => {
    const { port, hits } = await listeners();
    const type = httpNotifier(names(["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"], ["127.0.0.2"]));
    const context = await contextOf({ network: { allow: ["127.0.0.1/32"] } });
    const notifier = await type.open(type.check({ url: `http://rebinding.example:${port}/` }, context), context);
    afterTest(() => notifier.close());
    const outcomes: string[] = [];
    for (let n = 0; n < 4; n++) {
      const outcome = notifier.notify(notificationOf(), noEnd());
      outcomes.push(await outcome.then(({ status }) => `answered ${status}`, (error: NotifyError) => error.code)); // prettier-ignore
    }
    expect(outcomes).toEqual(["answered 200", "answered 200", "xqbus:address-refused", "xqbus:address-refused"]);
    expect(hits()).toBe(2);
  });

  it("the private ones among the addresses of a name", async () => {
    const { port, hits } = await listeners();
    const mixed = names(["127.0.0.1", "10.0.0.1", "127.0.0.2"]);
    expect(await call(`http://mixed.example:${port}/`, ["127.0.0.2/32"], mixed)).toBe("answered 200");
    expect(hits()).toBe(1);
  });

  it("where a public receiver leads it to", async () => {
    const { port, hits } = await listeners();
    const leads = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(`HTTP/1.1 307 See\r\nlocation: http://127.0.0.1:${port}/\r\ncontent-length: 0\r\n\r\n`);
    });
    leads.listen(0, "127.0.0.2");
    await once(leads, "listening");
    afterTest(() => leads.close());
    const { port: first } = leads.address() as AddressInfo;
    expect(await call(`http://127.0.0.2:${first}/`, ["127.0.0.2/32"])).toBe("xqbus:notify-failed");
    expect(hits()).toBe(0);
  });
});

describe("networks that may be called", () => {
  it.each([
    ["127.0.0.1", ["127.0.0.0/8"], undefined],
    ["2130706433", ["127.0.0.1/32"], undefined],
    ["localhost", ["127.0.0.1/32", "::1/128"], undefined],
    ["[::ffff:127.0.0.1]", ["10.0.0.0/8", "127.0.0.1/32"], undefined],
    ["internal.example", ["127.0.0.1/32"], names(["127.0.0.1"])],
  ])("are: %s of %j", async (host, allow, resolve) => {
    const { port, hits } = await listeners();
    expect(await call(`http://${host}:${port}/`, allow, resolve)).toBe("answered 200");
    expect(hits()).toBeGreaterThan(0);
  });

  it("are those of the settings only", async () => {
    const { port, hits } = await listeners();
    expect(await call(`http://127.0.0.1:${port}/`, ["127.0.0.2/32", "::1/128"])).toBe("xqbus:address-refused");
    expect(hits()).toBe(0);
  });

  it.each(["10.0.0.1", "10.0.0.0/33", "all", "::/129", ""])("are no networks: %s", (network) => {
    expect(() => new AddressGuard([network])).toThrow(
      `allow_networks must have networks such as 10.1.0.0/16 or fd00::/8, got "${network}"`,
    );
  });

  it("are public ones, without being named", () => {
    const guard = new AddressGuard([]);
    const hosts = [
      "93.184.216.34",
      "[2606:2800:220:1::1]",
      "[::ffff:93.184.216.34]",
      "[64:ff9b::5db8:d822]",
      "example.org",
    ];
    expect(hosts.map((host) => guard.refusalOf(host))).toEqual(hosts.map(() => undefined));
  });

  it("are named in the refusal of others", () => {
    const guard = new AddressGuard([]);
    expect([guard.refusalOf("[::1]")?.message, guard.refusalOf("localhost")?.message]).toEqual([
      "[::1] is no public address; [listener] allow_networks may name networks that are to be called nevertheless",
      "localhost (127.0.0.1, ::1) is no public address; [listener] allow_networks may name networks that are to be called nevertheless",
    ]);
  });

  it("are no reason to fail when a name is not known", async () => {
    const unknown: ResolveName = (_name, _options, callback) =>
      callback(Object.assign(new Error("getaddrinfo ENOTFOUND nowhere.example"), { code: "ENOTFOUND" }), []);
    expect(await call("http://nowhere.example/", [], unknown)).toBe("xqbus:notify-failed");
  });
});
