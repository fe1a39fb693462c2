import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatConfig, InvalidConfigError, loadConfig } from "../../../src/server/index.ts";
import type { ConfigSources } from "../../../src/server/index.ts";

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-config-"));
  file = join(folder, "xqbus.toml");
  writeFileSync(join(folder, "secret"), "s3cret\n");
  writeFileSync(join(folder, "empty"), "\n");
  writeFileSync(join(folder, "two-lines"), "a\nb\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string, sources: ConfigSources = {}): ReturnType<typeof loadConfig> {
  writeFileSync(file, text);
  return loadConfig({ file, ...sources });
}

async function problemsOf(text: string, sources: ConfigSources = {}): Promise<readonly string[]> {
  try {
    await load(text, sources);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    expect(error.code).toBe("xqbus:invalid-config");
    return error.lines.map((line) => line.replace(file, "f"));
  }
}

describe("a configuration", () => {
  it("names databases as one likes, with files beside it", async () => {
    const { databases } = await load(
      '[databases]\n"dwh/data_prim/" = "sqlite:./a b%25.db"\ncrm = "postgres://a:b@h/crm"\n',
    );
    expect(databases).toEqual({
      "dwh/data_prim": `sqlite:${pathToFileURL(join(folder, "a b%.db")).href.slice(5)}`,
      crm: "postgres://a:b@h/crm",
    });
    const wrong = '[databases]\na = "mysql://h/a"\nb = 5\nc = "sqlite:c.db"\n"c/" = "sqlite:d.db"\n';
    expect(await problemsOf(wrong)).toEqual([
      expect.stringMatching(/^f:2.*databases\.a: mysql:\/\/h\/a is no database/) as string,
      expect.stringMatching(/^f:3.*databases\.b is no text/) as string,
      expect.stringMatching(/^f:5.*databases has c twice/) as string,
    ]);
    expect(await problemsOf("databases = 5\n")).toEqual([expect.stringContaining("databases is a section") as string]);
  });

  it("has a default for everything that needs a value", async () => {
    const { config } = await loadConfig();
    expect(config).toMatchObject({
      daemon: { shutdownTimeout: 10_000 },
      broker: { url: undefined, host: "127.0.0.1", port: 5672, domain: "org.clacks", validate: true },
      http: { enabled: false, host: "127.0.0.1", port: 8672, auth: "keys", maxBodyBytes: 4_194_304 },
      storage: {
        folder: undefined,
        keepDeliveries: 2_592_000_000,
        keepBodies: 604_800_000,
        maxTaskletRecords: 500_000,
      },
      agent: { enabled: true, interval: 60_000 },
      action: {
        enabled: false,
        keepAttempts: 10,
        maxAnswerBytes: 4_194_304,
        maxInputBytes: 4_194_304,
        maxMessageBytes: 16_777_216,
        memoryMb: 256,
      },
      log: { level: "info", format: "json", file: undefined },
    });
  });

  it("is read from a file, with paths that start there, durations in ms and sizes in bytes", async () => {
    const { config } = await load(`
[catalog]
schemas = ["events", "/srv/events"]
[storage]
folder = "data"
keep_bodies = "12h"
max_bytes = "2GiB"
[email]
host = "mail.example.org"
from = "The bus <bus@example.org>"
user = "bus"
password_file = "secret"
[listener]
allow_networks = ["10.0.0.0/8", "fd00::/8"]
`);
    expect(config.catalog.schemas).toEqual([join(folder, "events"), "/srv/events"]);
    expect(config.storage).toMatchObject({ folder: join(folder, "data"), keepBodies: 43_200_000, maxBytes: 2 ** 31 });
    expect(config.email).toMatchObject({ password: "s3cret", from: "The bus <bus@example.org>" });
    expect(config.listener.allowNetworks).toEqual(["10.0.0.0/8", "fd00::/8"]);
    expect(config.http.enabled).toBe(false);
  });

  it("turns on what has a section without settings, and says where it stands", async () => {
    const { config, entries } = await load("[archive]\n\n[action]\n[http]");
    expect([config.archive.enabled, config.action.enabled, config.http.enabled]).toEqual([true, true, true]);
    const enabled = entries
      .filter(({ key }) => key === "enabled")
      .map(({ section, source, place }) => ({
        ...{ section, source, line: place?.replace(/^.*:/, "") },
      }));
    expect(enabled).toEqual(
      expect.arrayContaining([
        { section: "archive", source: "file", line: "1" },
        { section: "action", source: "file", line: "3" },
      ]),
    );
    expect((await load("[archive]\nenabled = false")).config.archive.enabled).toBe(false);
    expect(await load("[archives]").catch(() => undefined)).toBeUndefined();
  });

  it("turns the HTTP API on when the section is there, unless it says no", async () => {
    expect((await load("[http]\nport = 80")).config.http.enabled).toBe(true);
    expect((await load("", { env: { XQBUS_HTTP__PORT: "80" } })).config.http.enabled).toBe(true);
    expect((await load("[http]\nport = 80\nenabled = false")).config.http.enabled).toBe(false);
  });

  it("is overridden by the environment, and that by options", async () => {
    const env = {
      XQBUS_HTTP__PORT: "1",
      XQBUS_BROKER__PORT: "2",
      XQBUS_BROKER__VALIDATE: "false",
      XQBUS_LISTENER__COMMANDS: "/bin/a, /bin/b",
      XQBUS_EMAIL__HOST: "h",
      XQBUS_EMAIL__FROM: "a@b",
      XQBUS_URL: "not looked at",
    };
    const options = [{ option: "--port", section: "broker", key: "port", value: 3 }];
    const { config, entries } = await load("[broker]\nport = 9\nhost = 'localhost'", { env, options });
    expect(config.broker).toMatchObject({ port: 3, host: "localhost", validate: false });
    expect(config.listener.commands).toEqual(["/bin/a", "/bin/b"]);
    const found = entries.filter(({ section }) => section === "broker" || section === "http");
    expect(found.filter(({ source }) => source !== "default")).toEqual([
      { section: "broker", key: "host", value: "localhost", source: "file", place: `${file}:3` },
      { section: "broker", key: "port", value: 3, source: "option", place: "--port" },
      { section: "broker", key: "validate", value: false, source: "environment", place: "XQBUS_BROKER__VALIDATE" },
      { section: "http", key: "enabled", value: true, source: "environment", place: "XQBUS_HTTP__PORT" },
      { section: "http", key: "port", value: 1, source: "environment", place: "XQBUS_HTTP__PORT" },
    ]);
  });

  it("is printed as TOML that gives the same again, without secrets", async () => {
    const text = `
[broker]
url = "amqp://ada:pa55@localhost/org.clacks"
[email]
host = "mail"
from = "a@b"
user = "u"
password = "pa55word"
[listener]
commands = [
  "/bin/a",
  "/bin/b",
]`;
    const { config, entries } = await load(text);
    const printed = formatConfig(entries);
    expect(printed).not.toContain("pa55");
    expect(printed).toContain('url = "amqp://ada:***@localhost/org.clacks"');
    expect(printed).toMatch(new RegExp(`password = "\\*\\*\\*" +# ${file}:8\n`));
    expect(printed).toMatch(new RegExp(`commands = \\["/bin/a","/bin/b"\\] +# ${file}:10\n`));
    expect(printed).toMatch(/^# users = +# not set$/m);
    expect(printed).toMatch(/^port = 5672 +# default$/m);
    const again = await load(printed.replace("ada:***", "ada:pa55").replace('"***"', '"pa55word"'));
    expect(again.config).toEqual(config);
  });
});

/** What is wrong with a file. */
const WRONG: readonly (readonly [text: string, problems: readonly string[]])[] = [
  ["[broker]\nport = ", ["f:2:8: this is no TOML: invalid value"]],
  ["[broker]\nport = 1\n[broker]", ["f:3:2: this is no TOML: trying to redefine an already defined table or value"]],
  ["\n[brokr]\nport = 1", ["f:2: there is no section [brokr]; did you mean broker?"]],
  [
    "port = 1",
    [
      "f:1: port stands outside of a section; the sections are daemon, broker, catalog, http, email, messaging, storage, listener, archive, action, producer, cluster, …",
    ],
  ],
  ["broker = 1", ["f:1: broker is a section, not a value; write [broker] with its settings below"]],
  ["[http]\n\n# a remark\nprot = 1", ["f:4: there is no setting http.prot; did you mean port?"]],
  ["[log]\nx = 1", ["f:2: there is no setting log.x; the settings are level, file, format"]],
  ["[broker]\nport = 65536", ["f:2: broker.port is 65536; expected a port from 0 to 65535"]],
  ['[broker]\nport = "5672"', ['f:2: broker.port is "5672"; expected a port from 0 to 65535']],
  ["[broker]\nvalidate = 1", ["f:2: broker.validate is 1; expected true or false"]],
  [
    '[broker]\nurl = "http://u:pa55@h"',
    ["f:2: broker.url cannot be used; expected a bus URL: amqp[s]://user:password@host:port/domain"],
  ],
  [
    "[storage]\nkeep_bodies = 7",
    ['f:2: storage.keep_bodies is 7; expected a duration such as "500ms", "1.5s", "5m", "2h" or "30d"'],
  ],
  [
    '[storage]\nmax_bytes = "1GB"',
    ['f:2: storage.max_bytes is "1GB"; expected a size such as "64KiB", "10MiB" or "1GiB", or a number of bytes'],
  ],
  ['[log]\nlevel = "trace"', ['f:2: log.level is "trace"; expected "debug", "info", "warn", "error"']],
  [
    '[http]\nrate_limit = "10"',
    ['f:2: http.rate_limit is "10"; expected a rate such as "10/s", "600/min" or "600/min burst 20"'],
  ],
  [
    '[catalog]\nschemas = [\n  "a",\n  1,\n]',
    ['f:2: catalog.schemas is ["a",1]; expected a list of paths: ["./events"]'],
  ],
  [
    '[listener]\ncommands = ["notify"]',
    ['f:2: listener.commands is ["notify"]; expected a list of absolute paths: ["/usr/local/bin/notify"]'],
  ],
  [
    '[listener]\nallow_networks = ["10.0.0.0/33"]',
    ['f:2: listener.allow_networks is ["10.0.0.0/33"]; expected a list of networks: ["10.1.0.0/16", "127.0.0.1/32"]'],
  ],
  [
    '[email]\nhost = "h"\nfrom = "nobody"',
    ['f:3: email.from is "nobody"; expected an address: "xqbus@example.org" or "The bus <xqbus@example.org>"'],
  ],
  ['[email]\nhost = "h"', ["f:2: email.from is missing: the sender of the mail that email.host is for"]],
  ['[email]\nfrom = "a@b"', ["f:2: email.host is missing: the mail server"]],
  [
    '[email]\nhost = "h"\nfrom = "a@b"\npassword = "x"',
    ["f:4: email.user and email.password belong together; one of them is missing"],
  ],
  ['[broker]\ntls_key = "k"', ["f:2: broker.tls_cert and broker.tls_key belong together; one of them is missing"]],
  [
    '[broker]\ntls_ca = "k"',
    ["f:2: broker.tls_ca is about certificates of clients; it needs broker.tls_cert and broker.tls_key"],
  ],
  [
    '[broker]\nurl = "amqp://h"\nusers = "u.json"',
    ["f:3: broker.users is of no use with broker.url: the other broker has its own; leave one of them away"],
  ],
  [
    '[http]\nhost = "0.0.0.0"\nauth = "none"',
    [
      'f:3: http.auth is "none" and http.host is "0.0.0.0": everybody could do everything; expected "keys", or 127.0.0.1',
    ],
  ],
  [
    '[action]\nmax_message_bytes = "1MiB"',
    [
      "f:2: action.max_input_bytes is more than action.max_message_bytes; an input could not reach the process of its action",
    ],
  ],
  [
    '[action]\nmax_message_bytes = "2GiB"\nmemory_mb = 8',
    [
      'f:2: action.max_message_bytes is "2GiB"; expected a size such as "64KiB", "10MiB" or "1GiB", or a number of bytes, from 1KiB to 1GiB',
      "f:3: action.memory_mb is 8; expected a whole number from 16 to 65536",
    ],
  ],
  [
    '[storage]\nkeep_deliveries = "1d"',
    [
      "f:2: storage.keep_bodies is longer than storage.keep_deliveries; the event of a delivery is not kept longer than its record",
    ],
  ],
];

describe("a wrong configuration", () => {
  it.each(WRONG)("%j is refused with line and what would be right", async (text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  it("is refused with what is wrong between settings as well, but for those that cannot be used alone", async () => {
    const text = [
      ...["[http]", "port = -1", 'tls_key = "k"', 'host = "0.0.0.0"', 'auth = "maybe"'],
      ...["[email]", "host = 7", 'from = "a@b"', 'user = "u"'],
      ...["[broker]", "url = 7", 'tls_ca = "k"'],
    ].join("\n");
    expect(await problemsOf(text)).toEqual([
      "f:2: http.port is -1; expected a port from 0 to 65535",
      "f:3: http.tls_cert and http.tls_key belong together; one of them is missing",
      expect.stringMatching(/^f:5: http\.auth is "maybe"; expected /),
      expect.stringMatching(/^f:7: email\.host is 7; expected /),
      "f:9: email.user and email.password belong together; one of them is missing",
      expect.stringMatching(/^f:11: broker\.url cannot be used; expected /),
    ]);
  });

  it("is refused with everything that is wrong in it, in the order of the lines", async () => {
    const env = { XQBUS_HTPP__PORT: "1", XQBUS_LOG__LEVEL: "loud" };
    const text = "[http]\nport = -1\n\n[agent]\ninterval = 'often'\nnodes = 'n'\n[http.ports]\n";
    expect(await problemsOf(text, { env })).toEqual([
      "f:2: http.port is -1; expected a port from 0 to 65535",
      'f:5: agent.interval is "often"; expected a duration such as "500ms", "1.5s", "5m", "2h" or "30d"',
      "f:6: there is no setting agent.nodes; did you mean node?",
      "f:7: there is no setting http.ports; did you mean port?",
      "XQBUS_HTPP__PORT: there is no such setting; did you mean XQBUS_HTTP__PORT?",
      'XQBUS_LOG__LEVEL: log.level is "loud"; expected "debug", "info", "warn", "error"',
    ]);
  });

  it("does not take a secret file that is missing, empty or more than a line, and not two secrets", async () => {
    const secret = (rest: string): Promise<readonly string[]> =>
      problemsOf(`[email]\nhost = "h"\nfrom = "a@b"\nuser = "u"\n${rest}`);
    expect(await secret('password_file = "none"')).toEqual([
      `f:5: email.password_file: ${join(folder, "none")} cannot be read: there is no such file or folder`,
    ]);
    expect(await secret('password_file = "empty"')).toEqual([
      `f:5: email.password_file: ${join(folder, "empty")} is empty; expected the secret`,
    ]);
    expect(await secret('password_file = "two-lines"')).toEqual([
      `f:5: email.password_file: ${join(folder, "two-lines")} has not one line of text that can be used`,
    ]);
    expect(await secret('password_file = "secret"\npassword = "x"')).toEqual([
      "f:6: email.password and email.password_file are given; expected one of them",
    ]);
    expect(await secret("password_file = 5")).toEqual(["f:5: email.password_file is 5; expected a path"]);
  });

  it("is refused without a folder where one is needed", async () => {
    expect(await problemsOf("[log]", { needsFolder: true })).toEqual([
      'f: storage.folder is missing: where everything is kept; expected folder = "/var/lib/xqbus" in [storage]',
    ]);
    expect(await problemsOf("", { needsFolder: true, env: { XQBUS_STORAGE__FOLDER: "data" } })).toEqual([]);
  });

  it("never shows a secret, whatever is wrong", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("", "]", "\n[", "= 5", "\nuser = "), fc.nat(3), async (garbage, form) => {
        const value = ['"pa55"', '["pa55"]', "'pa55\u0007'", '"pa55" # pa55'][form];
        const problems = await problemsOf(`[email]\npassword = ${value}${garbage}`);
        expect(problems.join("\n")).not.toContain("pa55");
        expect(problems).not.toEqual([]);
      }),
    );
  });

  it("is refused when there is no such file, or it is larger than any configuration", async () => {
    await expect(loadConfig({ file: join(folder, "missing.toml") })).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `cannot read ${join(folder, "missing.toml")}: there is no such file or folder`,
    });
    await expect(load("#".repeat(300_000))).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
    await expect(load("#\n".repeat(6000))).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
  });
});
