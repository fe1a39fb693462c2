import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { EventMaker } from "../../src/event/index.ts";
import { ApiClient } from "../../src/server/api-client/index.ts";
import { describeWith, SHARED_FOLDER, SQLITE, sharedFolder } from "../helpers/requirements.ts";
import { SmtpSink } from "../listener/notifiers/smtp-sink.ts";
import { Command } from "./command.ts";
import { readTranscript, type Exchange } from "./transcript.ts";

const ID = /\b[0-9a-f]{24}\b/g;

describeWith([SHARED_FOLDER, SQLITE], "The transcript of Pulp's event listeners", () => {
  let sink: SmtpSink;
  let daemon: Command;
  let http: string;
  let exchanges: readonly Exchange[];
  const seed = (): string => join(sharedFolder() ?? "", "seeds", "pulp-events.rst");

  beforeAll(async () => {
    exchanges = readTranscript(seed(), "pulp-admin");
    sink = await SmtpSink.start();
    daemon = new Command(["serve", "--port", "0", "--http", "0", "--http-auth", "none", "--json"], "", {
      XQBUS_EMAIL__HOST: sink.settings.host,
      XQBUS_EMAIL__PORT: String(sink.settings.port),
      XQBUS_EMAIL__FROM: "no-repy@your.domain",
      XQBUS_EMAIL__TLS: "none",
    });
    await daemon.prints("stdout", "\n");
    http = (JSON.parse(daemon.stdout) as { readonly http: string }).http;
  });

  afterAll(async () => {
    daemon.signal("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
    await sink.stop();
  });

  function xqbus(args: readonly string[]): Command["ended"] {
    return new Command(args, "", { XQBUS_HTTP: http, NO_COLOR: "1" }).ended;
  }

  /** Runs the command at that place of the seed: `pulp-admin event listener …` is `xqbus listener …`. */
  async function replay(at: number): Promise<{ readonly seen: string; readonly seed: string }> {
    const { args, output } = exchanges[at] ?? { args: [], output: [] };
    expect(args.slice(0, 2)).toEqual(["event", "listener"]);
    const { code, stdout, stderr } = await xqbus(args.slice(1));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return { seen: stdout.trimEnd().replace(ID, "ID"), seed: output.join("\n").replace(ID, "ID") };
  }

  /** What the seed's help says of arguments, one line each: "--subject (required) text of the email's subject". */
  function argumentsOf(help: string): readonly string[] {
    const text = help.slice(help.indexOf("--")).replace(/\s+/g, " ");
    return text.split(/ (?=--[a-z-]+ +- )/).map((line) => line.trim());
  }

  async function deleteAll(): Promise<void> {
    const { stdout } = await xqbus(["listener", "list", "--json"]);
    for (const { id } of JSON.parse(stdout) as readonly { readonly id: string }[]) {
      expect((await xqbus(["listener", "delete", id])).stdout).toBe("Event listener successfully deleted\n");
    }
  }

  it("has these commands, in this order", () => {
    expect(exchanges.map(({ args }) => args.slice(2).join(" "))).toEqual([
      "",
      "email create --help",
      expect.stringMatching(/^email create --event-type=repo\.sync\.start --subject=pulp notification --addresses=/),
      "list",
      "http create --event-type=repo.sync.start --url=http://myserver.redhat.com",
      "list",
      "amqp create --help",
      "amqp create --event-type=* --exchange=pulp",
      "list",
    ]);
  });

  it("shows sections and commands as the seed does", async () => {
    const { stdout } = await xqbus(["listener", "--help"]);
    const shown = stdout.replace(/\s+/g, " ");
    const told = [...(exchanges[0]?.output ?? [])].flatMap(
      (line) => /^ {2}(\w+) +- (.*)$/.exec(line)?.slice(1, 3) ?? [],
    );
    expect(told).toHaveLength(10);
    for (let at = 0; at < told.length; at += 2) {
      expect(shown).toMatch(new RegExp(` ${told[at] ?? ""}( \\[options\\])?( <id>)? ${told[at + 1] ?? ""}`));
    }
  });

  it.each([1, 6])("has the help of exchange %i, with more", async (at) => {
    const { seen, seed: text } = await replay(at);
    const shown = seen.replace(/\s+/g, " ");
    expect(shown).toContain("create a listener");
    for (const argument of argumentsOf(text)) {
      const [, name = "", rest = ""] = /^(--[a-z-]+) +- +(.*)$/.exec(argument) ?? [];
      const line = shown.slice(shown.indexOf(` ${name} <`));
      expect(line.startsWith(` ${name} <`), name).toBe(true);
      const isRequired = rest.startsWith("(required)");
      expect(/^ --[a-z-]+ <[a-z]+> \(required\)/.test(line), name).toBe(isRequired);
    }
    for (const type of text.match(/"repo\.[a-z.]+"/g) ?? []) expect(shown).toContain(type);
    expect(shown).toContain('May be specified multiple times. To match all types, use value "*"');
  });

  it.each([
    ["email", 2, 3],
    ["http", 4, 5],
    ["amqp", 7, 8],
  ])("creates and lists the %s listener, letter by letter", async (_type, create, list) => {
    await deleteAll();
    for (const at of [create, list]) {
      const { seen, seed: text } = await replay(at);
      expect(seen).toBe(text);
    }
  });

  it("mails the event as the seed shows it, and traces it", async () => {
    await deleteAll();
    await replay(2);
    const e = EventMaker();
    const event = e.Event(
      e.RepoSyncStart({
        call_report: {
          task_group_id: "aaa8f2ec-964c-4d62-bba9-3191aad9c3ea",
          task_id: "79be77a8-1a20-11e2-aeb9-1803731e94c4",
          tags: ["pulp:repository:pulp2", "pulp:action:sync"],
          start_time: "2012-10-19T19:09:16Z",
          state: "running",
          progress: {},
          principal_login: "admin",
          response: "accepted",
        },
        payload: { repo_id: "pulp2" },
      }),
    );
    const { id } = await new ApiClient(http).events.publish(event.toString());
    await vi.waitFor(() => expect(sink.mails).toHaveLength(1), 30_000);
    const [mail] = sink.mails;
    expect(mail?.to).toEqual(["someone@redhat.com", "another@redhat.com"]);
    expect(mail?.email).toMatchObject({ subject: "pulp notification", from: { address: "no-repy@your.domain" } });
    expect(mail?.email.text?.trimEnd()).toBe(mailOf(readFileSync(seed(), "utf8")));
    const trace = async (): Promise<string> => (await xqbus(["trace", id])).stdout;
    await vi.waitFor(async () => expect(await trace()).toMatch(/attempt 1 delivered: status 250/), 30_000);
    expect(await trace()).toMatch(/^repo\.sync\.start .*\n.*\n +0 ms {2}accepted at .*\n +\+.* {2}matched\n/);
  });

  it.each([
    [
      ["http", "create", "--event-type=repo.sync.strat", "--url=http://a.example"],
      /^xqbus: .*"repo\.sync\.strat".*did you mean "repo\.sync\.start"\?.*\n$/,
    ],
    [
      ["http", "create", "--xquery=/e:Event/e:PhoneStatus[e:Stauts = 1]", "--url=http://a.example"],
      /^xqbus: .*did you mean e:Status\?.*\n$/,
    ],
    [
      ["http", "create", "--event-type=PhoneStatus", '--xquery=//e:Statsu = "busy"', "--url=http://a.example"],
      /^xqbus: .*no element inside called Statsu \(did you mean e:Status\?\).*\n$/,
    ],
    [["http", "create", "--event-type=*", "--url=ftp://a"], /^xqbus: .*url.*\n$/],
    [["delete", "5081a42ce19a00ea4300000e"], /^xqbus: "5081a42ce19a00ea4300000e" is not the id of a listener\n$/],
  ])("refuses %j on one line, and changes nothing", async (args, message) => {
    const before = await xqbus(["listener", "list"]);
    const { code, stdout, stderr } = await xqbus(["listener", ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(await xqbus(["listener", "list"])).toEqual(before);
  });
});

/** The body of the mail in the seed, without its indentation. */
function mailOf(text: string): string {
  const lines = text.split("\n");
  return lines
    .slice(lines.indexOf("  {"), lines.indexOf("  }") + 1)
    .map((line) => line.slice(2))
    .join("\n");
}
