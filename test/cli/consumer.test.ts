import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moduleFolder, type ModuleFolder } from "../worker/module-folder.ts";
import { FakeApi } from "./fake-api.ts";
import { run } from "./harness.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "examples", "customer-page");

let folder: ModuleFolder;
beforeEach(() => {
  folder = moduleFolder({});
});
afterEach(() => folder[Symbol.dispose]());

describe("xqbus consumer check", () => {
  it("says what a consumer would do", async () => {
    const { code, stdout, stderr } = await run(["consumer", "check", EXAMPLE]);
    expect({ code, stderr, lines: stdout.split("\n") }).toEqual({
      code: 0,
      stderr: "",
      lines: [
        "customer-page.customer: can work",
        "  key pylabs.event.sampleapp.osis.#, for example pylabs.event.sampleapp.osis, pylabs.event.sampleapp.osis.one, pylabs.event.sampleapp.osis.one.two",
        "  3 worker processes",
        "  tasklet delete-page.mjs, priority 1",
        "  tasklet write-page.mjs, priority 1",
        "",
      ],
    });
  });

  it("lists all that is to be mended, and fails", async () => {
    folder.write({
      "consumer.cfg": "[main]\nevent_key = a b",
      "t.mjs": "export const match = () => true;",
      "u.mjs": "export const main = (;",
    });
    const { code, stdout } = await run(["consumer", "check", folder.path(""), "--json"]);
    expect(code).toBe(1);
    const { problems } = JSON.parse(stdout) as { readonly problems: readonly string[] };
    expect(problems.map((problem) => problem.replaceAll(folder.path(""), ""))).toEqual([
      expect.stringMatching(/^consumer\.cfg:2: the event key "a b" must be words/),
      "t.mjs is no tasklet: it exports no function main",
      expect.stringMatching(/^u\.mjs cannot be loaded: u\.mjs:1: SyntaxError/),
    ]);
  });

  it("says where it has looked when there is none", async () => {
    const { code, stderr } = await run(["consumer", "check", folder.path("")]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^xqbus: there is no consumer in .*neither consumer\.cfg/),
    ]);
  });
});

describe("xqbus publish", () => {
  it("sends over the HTTP API of a daemon with --http", async () => {
    await using api = await FakeApi.start({
      "POST /token": { body: { access_token: "t", expires_in: 900 } },
      "POST /events": { status: 202, body: { id: "e-1", type: "TagEvent", subject: "crm.lead" } },
    });
    const args = ["publish", "crm.lead", "-", "--api-key", "xk_1", "--json", "--http"];
    const env = { XQBUS_HTTP: api.url, XQBUS_API_SECRET: "s" };
    const { code, stdout, stderr } = await run(args, { env, stdin: "new state:created" });
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({ published: "crm.lead", id: "e-1", http: api.url, length: 17 });
    expect(api.seen.at(-1)).toEqual({
      line: "POST /events?routingKey=crm.lead",
      body: "new state:created",
      authorization: "Bearer t",
    });
    const both = await run(["publish", "a", "b", "--http", api.url, "--url", "amqp://localhost/x"], {});
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("cannot be used with")]);
  });

  it("prints the event with --dry-run", async () => {
    const { code, stdout } = await run([
      "publish",
      "a.b",
      'new state:created "two words":"x y"',
      "--dry-run",
      "--json",
    ]);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        routingKey: "a.b",
        xml:
          '<Event xmlns="http://www.gonicus.de/Events"><TagEvent><Text>new state:created "two words":"x y"</Text>' +
          '<Line><Label>new</Label><Tag name="state">created</Tag><Tag name="two words">x y</Tag></Line></TagEvent></Event>',
      },
    ]);
  });
});
