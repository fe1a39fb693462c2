import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCertificates } from "../helpers/certificates.ts";
import type { Certificates } from "../helpers/certificates.ts";
import { RheaClient } from "../broker/rhea-client.ts";
import type { Answer } from "../broker/rhea-client.ts";
import { event, eventXsd } from "../schema/harness.ts";
import { run, Running } from "./harness.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-cli-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const COMPLETE = ["--set", "CallerId=1", "--set", "ReceiverId=2", "--set", "Status=busy"];

interface Announcement {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
}

/** Serves on a free port while `use` runs, then ends it the way Ctrl-C does. */
async function serving(args: readonly string[], use: (announced: Announcement) => Promise<void>): Promise<void> {
  const command = new Running(["serve", "--port", "0", "--json", ...args]);
  await command.prints("stdout", "\n");
  try {
    await use(JSON.parse(command.stdout) as Announcement);
  } finally {
    command.interrupt();
  }
  expect(await command.ended).toMatchObject({ code: 0, stderr: "" });
}

describe("serve", () => {
  it("prints a URL that works as it is and listens on this machine only", async () => {
    await serving([], async ({ url, host, port, pid }) => {
      expect({ host, pid }).toEqual({ host: "127.0.0.1", pid: process.pid });
      expect(url).toMatch(new RegExp(`^amqp://admin:[\\w-]{20,}@127\\.0\\.0\\.1:${port}/org\\.clacks$`));
      expect((await run(["send", "PhoneStatus", ...COMPLETE, "--url", url])).code).toBe(0);
    });
  });

  it("tells a person the URL, how to use it, and at the end what happened", async () => {
    const command = new Running(["serve", "--port", "0"]);
    await command.prints("stderr", "\n");
    command.interrupt();
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(0);
    const url = /^listening on 127\.0\.0\.1:\d+ \(Ctrl-C ends; messages are kept in memory\)\nURL: (\S+)\n$/.exec(
      stdout,
    )?.[1];
    expect(stderr).toBe(`in another shell: export XQBUS_URL='${url}'\nended after 0 messages in, 0 out\n`);
  });

  it("lets the users of --user in and does not print their passwords", async () => {
    await serving(["--user", "ada:s:e/c@ret", "--user", "bob:other"], async ({ url, port }) => {
      expect(url).toBe(`amqp://ada:***@127.0.0.1:${port}/org.clacks`);
      for (const user of ["ada:s%3Ae%2Fc%40ret", "bob:other"]) {
        const args = ["send", "PhoneStatus", ...COMPLETE, "--url", `amqp://${user}@127.0.0.1:${port}/d`];
        expect(await run(args)).toMatchObject({ code: 0, stderr: "" });
      }
    });
  });

  it("names the port that is in use", async () => {
    await serving([], async ({ port }) => {
      expect(await run(["serve", "--port", String(port)])).toEqual({
        code: 1,
        stdout: "",
        stderr:
          `xqbus: port ${port} of 127.0.0.1 is in use; ` +
          "end the process that listens there, or choose another port (0 takes a free one)\n",
      });
    });
  });
});

describe("serve, validating at the door,", () => {
  const invalid = '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus/></Event>';

  /** Sends with a client that does not validate itself. */
  async function answerTo(url: string, body: string): Promise<Answer> {
    const client = await RheaClient.connect(url);
    const answer = await (await client.sender("org.clacks")).send(body);
    await client.close();
    return answer;
  }

  it("refuses what is no valid event", async () => {
    await serving([], async ({ url }) => {
      expect(await answerTo(url, invalid)).toMatchObject({
        outcome: "rejected",
        error: {
          condition: "xqbus:invalid-event",
          description: expect.stringMatching(/^the event is not valid: line 1: /) as string,
        },
      });
    });
  });

  it("takes every message when that is asked for", async () => {
    await serving(["--no-validate"], async ({ url }) => {
      expect(await answerTo(url, invalid)).toEqual({ outcome: "accepted" });
    });
  });

  it("follows the schemas of a folder as they change, and says so", async () => {
    const schemas = mkdtempSync(join(folder, "schemas-"));
    writeFileSync(join(schemas, "Door.xsd"), eventXsd("Door"));
    const command = new Running(["serve", "--port", "0", "--json", "--schemas", schemas]);
    await command.prints("stdout", "\n");
    const { url } = JSON.parse(command.stdout) as Announcement;
    expect(await answerTo(url, event("<Bell><Id>1</Id></Bell>"))).toMatchObject({ outcome: "rejected" });
    writeFileSync(join(schemas, "Broken.xsd"), "<");
    await command.prints("stderr", "Broken.xsd");
    writeFileSync(join(schemas, "Bell.xsd"), eventXsd("Bell"));
    while ((await answerTo(url, event("<Bell><Id>1</Id></Bell>"))).outcome !== "accepted");
    command.interrupt();
    expect((await command.ended).code).toBe(0);
  });
});

describe("serve --data", () => {
  it("keeps the password, and lets one broker at a time use the folder", async () => {
    const data = join(folder, "data");
    let before = "";
    await serving(["--data", data], async ({ url }) => {
      before = url;
      expect(await run(["serve", "--port", "0", "--data", data])).toEqual({
        code: 1,
        stdout: "",
        stderr:
          `xqbus: the folder ${data} is used by process ${process.pid}; end it or name another folder ` +
          `(if that is no xqbus, remove ${join(data, "serve.pid")})\n`,
      });
      expect(readFileSync(join(data, "serve.pid"), "utf8")).toBe(String(process.pid));
    });
    expect(readdirSync(data)).toEqual(["users.json"]);
    await serving(["--data", data], async ({ url }) => {
      expect(passwordOf(url)).toBe(passwordOf(before));
    });
  });

  it.each(["", "not a number", "999999999"])("takes over the folder of a process that is gone (%j)", async (pid) => {
    const data = mkdtempSync(join(folder, "stale-"));
    writeFileSync(join(data, "serve.pid"), pid);
    await serving(["--data", data], async () => undefined);
  });

  it.each(["{", "[]", "{}", '{"admin":1}', "null"])("does not start with damaged users: %s", async (users) => {
    const data = mkdtempSync(join(folder, "damaged-"));
    writeFileSync(join(data, "users.json"), users);
    expect(await run(["serve", "--port", "0", "--data", data])).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: ${join(data, "users.json")} is damaged; remove it to get a new password\n`,
    });
    expect(readdirSync(data)).toEqual(["users.json"]);
  });

  it("creates the last folder of the path only, and refuses a file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (const [path, reason] of [
      [join(folder, "no", "such"), "there is no such file or folder"],
      [file, "a part of the path is not a folder"],
    ] as const) {
      expect(await run(["serve", "--port", "0", "--data", path])).toEqual({
        code: 1,
        stdout: "",
        stderr: `xqbus: cannot use the folder ${path}: ${reason}\n`,
      });
    }
  });
});

describe("serve with TLS", () => {
  let certificates: Certificates;
  let tls: readonly string[];

  beforeAll(() => {
    certificates = makeCertificates(folder);
    tls = ["--tls-cert", join(folder, "server.pem"), "--tls-key", join(folder, "server.key")];
  });

  it("takes events from who trusts its certificate", async () => {
    await serving(tls, async ({ url }) => {
      expect(url).toMatch(/^amqps:/);
      const args = ["send", "PhoneStatus", ...COMPLETE, "--url", url];
      expect(await run([...args, "--tls-ca", certificates.caFile])).toMatchObject({ code: 0, stderr: "" });
      for (const trust of [[], ["--tls-ca", join(folder, "other-ca.pem")]]) {
        const { code, stderr } = await run([...args, ...trust]);
        expect(code).toBe(1);
        expect(stderr).toMatch(/^xqbus: the certificate of \S+ is not trusted .*option --tls-ca [^\n]*\n$/);
      }
    });
  });

  it.each([
    [
      "a file that is missing",
      "missing.pem",
      /^xqbus: cannot read \S+missing\.pem: there is no such file or folder\n$/,
    ],
    ["a file without a certificate", "server.ext", /^xqbus: the broker's certificate or key cannot be used [^\n]+\n$/],
  ])("does not start with %s", async (_title, file, message) => {
    const cert = join(folder, file);
    const { code, stdout, stderr } = await run(["serve", "--port", "0", "--tls-cert", cert, "--tls-key", cert]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

function passwordOf(url: string): string {
  return new URL(url).password;
}
